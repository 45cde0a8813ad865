/** Clients that lose their connection, or their server, in the middle: nothing twice, nothing lost, no page moved. */
import { once } from "node:events";
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { expect, test } from "vitest";
import { ConvexClient } from "convex/browser";
import { startCommand } from "./fixtures/server/harness.ts";
import { clearedDeploymentOfFile, messages, PATIENT } from "./fixtures/server/perFile.ts";
import { endTs, RawClient, tsOf, type ServerMessage } from "./fixtures/server/rawClient.ts";

const deployment = await clearedDeploymentOfFile();
let sessions = 0;

const newSession = (): string => `reconnecting-${++sessions}`;
const bodies = () => deployment.http().query(messages.list!, {});

/** Forwards to the server; `cut` ends every connection, swallowing what the server still says. */
async function startProxy(url: string) {
  const open = new Set<Socket>();
  let swallow = false;
  const proxy = createServer((near) => {
    const far = connect(Number(new URL(url).port), "127.0.0.1");
    for (const socket of [near, far]) {
      open.add(socket);
      socket
        .on("error", () => undefined)
        .on("close", () => {
          open.delete(socket);
          near.destroy();
          far.destroy();
        });
    }
    near.pipe(far);
    far.on("data", (bytes) => {
      if (!swallow) near.write(bytes);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    swallowAnswers: (on: boolean) => (swallow = on),
    cut: () => open.forEach((socket) => socket.destroy()),
    close: () => proxy.close(),
  };
}

test("a restart of the server loses no mutation and no subscription", async () => {
  const client = deployment.client();
  const seen: string[][] = [];
  client.onUpdate(messages.list!, {}, (list: string[]) => void seen.push(list));
  await client.mutation(messages.send!, { body: "before" });
  await deployment.server.close();
  const during = client.mutation(messages.send!, { body: "during" });
  await deployment.open();
  await during;
  await client.mutation(messages.send!, { body: "after" });
  expect(seen.at(-1)).toEqual(["before", "during", "after"]);
});

test("a mutation whose answer was lost is not run again after the reconnect", async () => {
  const proxy = await startProxy(deployment.server.url);
  const client = new ConvexClient(proxy.url, { logger: false });
  await client.query(messages.list!, {});
  proxy.swallowAnswers(true);
  const sent = client.mutation(messages.send!, { body: "once" });
  await expect.poll(bodies, PATIENT).toEqual(["once"]);
  proxy.swallowAnswers(false);
  proxy.cut();
  expect(await sent).toMatch(/^[0-9a-z]{31,37}$/);
  expect(await bodies()).toEqual(["once"]);
  await client.close();
  proxy.close();
});

test("W14 nor after a kill -9 of the server", async () => {
  const { url, siteUrl } = deployment.server;
  await deployment.server.close();
  const ports = ["--port", new URL(url).port, "--site-port", new URL(siteUrl).port];
  const server = await startCommand("--data-dir", deployment.dataDir, ...ports);
  const proxy = await startProxy(url);
  const client = new ConvexClient(proxy.url, { logger: false });
  await client.query(messages.list!, {});
  proxy.swallowAnswers(true);
  const sent = ["first", "second"].map((body) => client.mutation(messages.send!, { body }));
  await expect.poll(bodies, PATIENT).toEqual(["first", "second"]);
  const exit = once(server.child, "exit");
  server.child.kill("SIGKILL");
  await exit;
  proxy.swallowAnswers(false);
  proxy.cut();
  await deployment.open();
  for (const id of await Promise.all(sent)) expect(id).toMatch(/^[0-9a-z]{31,37}$/);
  expect(await bodies()).toEqual(["first", "second"]);
  await client.close();
  proxy.close();
});

test("the same request of a session answers the same, also after a restart", async () => {
  const session = newSession();
  const answers: ServerMessage[] = [];
  for (const restart of [false, true, false]) {
    if (restart) {
      await deployment.server.close();
      await deployment.open();
    }
    const raw = await RawClient.connect(deployment.server.url, session);
    raw.mutate(7, "messages:send", { body: "once" });
    const answer = await raw.until("MutationResponse");
    const transition = await raw.until("Transition");
    expect(endTs(transition)).toBeGreaterThanOrEqual(tsOf(answer.ts));
    answers.push(answer);
    raw.close();
  }
  expect(new Set(answers.map(({ result }) => result)).size).toBe(1);
  expect(await bodies()).toEqual(["once"]);
});

test("pages stay where they were over a reconnect and a restart", async () => {
  const http = deployment.http();
  for (let n = 1; n <= 6; n++) await http.mutation(messages.send!, { body: String(n) });
  const proxy = await startProxy(deployment.server.url);
  const client = new ConvexClient(proxy.url, { logger: false });
  const pages = client.onPaginatedUpdate_experimental(
    messages.page!,
    {},
    { initialNumItems: 2 },
    () => undefined,
  );
  const bodiesShown = () =>
    (pages.getCurrentValue()?.results ?? [])
      .flat()
      .map(({ body }: { body: string }) => body)
      .join("");
  await expect.poll(bodiesShown, PATIENT).toBe("12");
  pages.getCurrentValue()?.loadMore(2);
  await expect.poll(bodiesShown, PATIENT).toBe("1234");
  // A first page that began anew would now end after 3, and 3 would be there twice.
  await http.mutation(messages.removeFirst!, {});
  await expect.poll(bodiesShown, PATIENT).toBe("234");
  proxy.cut();
  await http.mutation(messages.removeFirst!, {});
  await expect.poll(bodiesShown, PATIENT).toBe("34");
  await deployment.server.close();
  await deployment.open();
  await deployment.http().mutation(messages.removeFirst!, {});
  await expect.poll(bodiesShown, PATIENT).toBe("4");
  await client.close();
  proxy.close();
});

/** Connects as one who has seen the timestamps of a later database. */
async function fromTheFuture(): Promise<{ raw: RawClient; seen: bigint }> {
  const seen = deployment.server.engine.store.ts + 10n ** 18n;
  const future = Buffer.alloc(8);
  future.writeBigUInt64LE(seen);
  const more = { maxObservedTimestamp: future.toString("base64") };
  return { raw: await RawClient.connect(deployment.server.url, newSession(), more), seen };
}

test("a client from the future is told timestamps of its own, the others theirs", async () => {
  const { raw: ahead, seen } = await fromTheFuture();
  ahead.addQuery(1, 0, "messages:constant");
  expect(endTs(await ahead.next())).toBeGreaterThanOrEqual(seen);
  const other = await RawClient.connect(deployment.server.url, newSession());
  other.addQuery(1, 0, "messages:constant");
  expect(endTs(await other.next())).toBe(deployment.server.engine.store.ts);
  ahead.close();
  other.close();
});

test("a client from beyond all time is sent away, and harms nobody else", async () => {
  const other = await RawClient.connect(deployment.server.url, newSession());
  other.addQuery(1, 0, "messages:list");
  await other.until("Transition");
  const more = { maxObservedTimestamp: Buffer.alloc(8, 0xff).toString("base64") };
  const beyond = await RawClient.connect(deployment.server.url, newSession(), more);
  beyond.addQuery(1, 0, "messages:list");
  const end = await Promise.race([beyond.closed, beyond.until("Transition")]);
  for (const shown of [["x"], ["x", "x"]]) {
    await deployment.http().mutation(messages.send!, { body: "x" });
    const heard = await Promise.race([other.closed, other.until("Transition")]);
    expect(heard).toMatchObject({ modifications: [{ value: shown }] });
  }
  expect(end).toBe(1008);
  other.close();
});

test("a client from the future sees its writes when it is told of them, not before", async () => {
  const { raw } = await fromTheFuture();
  raw.addQuery(1, 0, "messages:list");
  const mutations = 30;
  for (let n = 0; n < mutations; n++) raw.mutate(n, "messages:send", { body: String(n) });
  let [shown, told, answered] = [[] as string[], 0n, 0];
  const early: number[] = [];
  const waiting: Array<{ requestId: number; ts: bigint }> = [];
  while (answered < mutations || waiting.length > 0) {
    const message = await raw.next();
    if (message.type === "MutationResponse") {
      answered++;
      waiting.push({ requestId: message.requestId as number, ts: tsOf(message.ts) });
      continue;
    }
    told = endTs(message);
    const updates = message.modifications as Array<{ value: string[] }>;
    shown = updates[0]?.value ?? shown;
    // Here the official client resolves what it was answered.
    for (const { requestId } of waiting.filter(({ ts }) => ts <= told)) {
      if (!shown.includes(String(requestId))) early.push(requestId);
    }
    waiting.splice(0, waiting.length, ...waiting.filter(({ ts }) => ts > told));
  }
  expect(early).toEqual([]);
  raw.close();
});
