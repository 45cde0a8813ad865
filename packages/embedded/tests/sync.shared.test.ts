/** One result for everybody who asks the same: how often queries run, and when not to share. */
import { beforeEach, expect, test, vi } from "vitest";
import type { ConvexClient } from "convex/browser";
import { actAs } from "./fixtures/server/harness.ts";
import { clearedDeploymentOfFile, messages, PATIENT } from "./fixtures/server/perFile.ts";

const deployment = await clearedDeploymentOfFile();
beforeEach(() => void vi.useRealTimers());

const send = (body: string) => deployment.http().mutation(messages.send!, { body });

/** Watches a query; the results it has been told so far. */
function watch<T>(client: ConvexClient, query: string, args = {}): T[] {
  const results: T[] = [];
  client.onUpdate(messages[query]!, args, (result: T) => void results.push(result));
  return results;
}

test("what twenty people watch runs once per commit, whoever they are", async () => {
  const viewers = Array.from({ length: 20 }, (_, n) => {
    const client = deployment.client();
    actAs(client, deployment.server, `viewer${n}`);
    return watch<number>(client, "count");
  });
  const shown = (count: number) =>
    expect.poll(() => viewers.every((results) => results.at(-1) === count), PATIENT).toBe(true);
  await shown(0);
  // So far nobody knew that the query reads no identity: every person had one of their own.
  await send("learned");
  await shown(1);
  const before = deployment.logged("counting");
  for (let count = 2; count <= 6; count++) {
    await send("x");
    await shown(count);
  }
  expect(deployment.logged("counting") - before).toBe(5);
});

test("a page that people open one after the other runs once per commit", async () => {
  const args = { paginationOpts: { numItems: 10, cursor: null } };
  const pages: Array<Array<{ page: unknown[] }>> = [];
  const shown = () => pages.map((results) => results.at(-1)?.page.length);
  for (let n = 0; n < 5; n++) {
    pages.push(watch(deployment.client(), "page", args));
    await expect.poll(shown, PATIENT).toEqual(pages.map(() => n));
    // The others have run again with the end of their page, which the next one has not.
    await send(String(n));
    await expect.poll(shown, PATIENT).toEqual(pages.map(() => n + 1));
  }
  const before = await deployment.reruns();
  await send("for all");
  await expect.poll(shown, PATIENT).toEqual(pages.map(() => 6));
  expect((await deployment.reruns()) - before).toBe(1);
});

test("who asks over HTTP shares with everybody, also at the same time and page by page", async () => {
  const http = deployment.http();
  // From the second run on it is known that the query reads no identity.
  await http.query(messages.count!, {});
  await send("new");
  const runs = deployment.logged("counting");
  let open: () => void = () => undefined;
  const busy = deployment.server.engine.exclusive(() => new Promise<void>((ok) => (open = ok)));
  const answers = Array.from({ length: 10 }, () => deployment.http().query(messages.count!, {}));
  setTimeout(() => open(), 300);
  await busy;
  expect(new Set(await Promise.all(answers))).toEqual(new Set([1]));
  expect(deployment.logged("counting") - runs).toBe(1);
  const misses = async () => (await deployment.figures()).get("milepost_query_cache_misses_total")!;
  const args = { paginationOpts: { numItems: 2, cursor: null } };
  await http.query(messages.page!, args);
  await send("newer");
  const before = await misses();
  for (let n = 0; n < 5; n++) await http.query(messages.page!, args);
  expect((await misses()) - before).toBe(1);
});

test("a result that read the clock is given to others for five seconds", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const http = deployment.http();
  const runs = () => deployment.logged("looking at the clock");
  await http.query(messages.clock!, {});
  const shared = await http.query(messages.clock!, {});
  const before = runs();
  vi.setSystemTime(Date.now() + 4_000);
  expect(await http.query(messages.clock!, {})).toBe(shared);
  expect(runs()).toBe(before);
  const watched = watch<number>(deployment.client(), "clock");
  await expect.poll(() => watched, PATIENT).toEqual([shared]);
  vi.setSystemTime(Date.now() + 2_000);
  expect(await http.query(messages.clock!, {})).toBe(Date.now());
  // Whoever watches it goes on with the old one, whoever comes now gets a new one.
  vi.setSystemTime(Date.now() + 6_000);
  const came = Date.now();
  const newcomer = watch<number>(deployment.client(), "clock");
  await expect.poll(() => newcomer[0], PATIENT).toBeGreaterThanOrEqual(came);
});

test("a failure is nobody else's, also when somebody watches it", async () => {
  const http = deployment.http();
  // From now on it is known that the query reads no identity.
  await expect(http.query(messages.demanding!, {})).rejects.toThrow("more");
  const failures: string[] = [];
  const results: string[] = [];
  deployment.client().onUpdate(
    messages.demanding!,
    {},
    (result: string) => void results.push(result),
    (error) => void failures.push(error.message),
  );
  await expect.poll(() => failures.length, PATIENT).toBe(1);
  const before = deployment.logged("not content yet");
  for (let n = 0; n < 3; n++)
    await expect(http.query(messages.demanding!, {})).rejects.toThrow("more");
  expect(deployment.logged("not content yet") - before).toBe(3);
  await send("content");
  await expect.poll(() => results, PATIENT).toEqual(["content"]);
});

test("what the admin key may ask for is not given to others", async () => {
  for (let n = 0; n < 3; n++) {
    expect(await deployment.admin().query(messages.secret!, {})).toBe("internal");
  }
  await expect(deployment.http().query(messages.secret!, {})).rejects.toThrow("Could not find");
});

test("a changed variable and a deploy make every result untrue", async () => {
  const { engine } = deployment.server;
  const http = deployment.http();
  const [variable, mine] = [
    watch(deployment.client(), "variable"),
    watch(deployment.client(), "constant"),
  ];
  await expect.poll(() => [variable, mine], PATIENT).toEqual([[null], ["constant"]]);
  expect(await http.query(messages.variable!, {})).toBeNull();
  await engine.updateEnvironment([{ name: "VARIABLE", value: "set" }]);
  expect(await http.query(messages.variable!, {})).toBe("set");
  await expect.poll(() => variable, PATIENT).toEqual([null, "set"]);
  await deployment.redeploy((source) => source.replace('"constant"', '"changed"'));
  expect(await http.query(messages.constant!, {})).toBe("changed");
  await expect.poll(() => mine, PATIENT).toEqual(["constant", "changed"]);
});

test("code that reads no identity any more is shared again, and one that begins to is not", async () => {
  const viewers = ["ann", "bob"].map((name) => {
    const client = deployment.client();
    actAs(client, deployment.server, name);
    return watch<{ who: string | null; count: number }>(client, "signed");
  });
  const latest = () => viewers.map((results) => results.at(-1));
  const told = (count: number, ...who: Array<string | null>) =>
    expect.poll(latest, PATIENT).toEqual(who.map((name) => ({ who: name, count })));
  await told(0, "ann", "bob");
  const { engine } = deployment.server;
  const asking = engine.activePush()!;
  await deployment.redeploy((source) =>
    source.replace(/\(await \w+\.auth\.getUserIdentity\(\)\)\?\.subject \?\? null/, "null"),
  );
  await told(0, null, null);
  await send("learned");
  await told(1, null, null);
  const before = deployment.logged("signed for");
  await send("shared");
  await told(2, null, null);
  expect(deployment.logged("signed for") - before).toBe(1);
  await engine.activatePush(asking);
  await told(2, "ann", "bob");
});
