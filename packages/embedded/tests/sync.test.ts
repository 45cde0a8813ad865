/** Live queries, through the official client and message by message. */
import { describe, expect, test } from "vitest";
import { ConvexClient } from "convex/browser";
import { actAs } from "./fixtures/server/harness.ts";
import { clearedDeploymentOfFile, messages, PATIENT } from "./fixtures/server/perFile.ts";
import { endTs, RawClient, tsOf, type ServerMessage } from "./fixtures/server/rawClient.ts";

const deployment = await clearedDeploymentOfFile();
let sessions = 0;

const newSession = (): string => `session-${++sessions}`;

/** Resolves with the first result that `accept` takes. */
function whenResult<T>(
  client: ConvexClient,
  query: (typeof messages)[string],
  args: Record<string, unknown>,
  accept: (result: T) => boolean,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = client.onUpdate(
      query as never,
      args as never,
      (result: T) => {
        if (!accept(result)) return;
        setImmediate(stop);
        resolve(result);
      },
      (error) => reject(error),
    );
  });
}

describe("official clients", () => {
  test("one client's mutation moves another client's query", async () => {
    const [writer, reader] = [deployment.client(), deployment.client()];
    const seen = whenResult<string[]>(reader, messages.list!, {}, (list) => list.length === 1);
    await writer.mutation(messages.send!, { body: "hello" });
    expect(await seen).toEqual(["hello"]);
  });

  test("a mutation resolves after the own query shows it, and without any query at all", async () => {
    const client = deployment.client();
    let newest: string[] = [];
    client.onUpdate(messages.list!, {}, (list: string[]) => (newest = list));
    for (const body of ["a", "b", "c"]) {
      await client.mutation(messages.send!, { body });
      expect(newest.at(-1)).toBe(body);
    }
    await deployment.client().mutation(messages.send!, { body: "d" });
  });

  test("ConvexError data reaches the caller and nothing is written", async () => {
    const client = deployment.client();
    const failed = client.mutation(messages.refuse!, { code: "no" });
    await expect(failed).rejects.toMatchObject({ data: { code: "no" } });
    expect(await client.query(messages.list!, {})).toEqual([]);
  });

  test("an action sees its own writes and answers", async () => {
    const result = await deployment.client().action(messages.relay!, { body: "relayed" });
    expect(result).toMatchObject({ all: ["relayed"] });
  });

  test.each(["", "x"])(
    "a result of several megabytes arrives whole, begun with %j",
    async (prefix) => {
      const client = deployment.client();
      // One letter is two units of UTF-16: with one of the beginnings the borders of the parts cut them in two.
      const { text } = await client.query(messages.big!, { kilobytes: 2048, prefix, letter: "😀" });
      expect(text === prefix + "😀".repeat(2 * 1024 * 1024)).toBe(true);
    },
  );

  test("several large results arrive whole, together and again after a change", async () => {
    const client = deployment.client();
    const seen = [700, 1000, 1300].map((kilobytes) => {
      const results: Array<{ count: number; text: string }> = [];
      client.onUpdate(messages.big!, { kilobytes }, (result: (typeof results)[0]) => {
        results.push(result);
      });
      return results;
    });
    const shown = () => seen.map((results) => [results.at(-1)?.count, results.at(-1)?.text.length]);
    const expected = (count: number) => [700, 1000, 1300].map((size) => [count, size * 1024]);
    await expect.poll(shown, PATIENT).toEqual(expected(0));
    await client.mutation(messages.send!, { body: "x" });
    await expect.poll(shown, PATIENT).toEqual(expected(1));
  });

  test("arguments that are no Convex value fail the query and nothing else", async () => {
    const client = deployment.client();
    const broken = client.query(messages.types!, { value: "\ud800" });
    await expect(broken).rejects.toThrow(/surrogate|Unicode|UTF/i);
    await expect(client.mutation(messages.send!, { body: "\udfff" })).rejects.toThrow(
      /surrogate|Unicode|UTF/i,
    );
    expect(await client.query(messages.list!, {})).toEqual([]);
  });

  test("refused arguments are told to whoever sent them, each with their own reason", async () => {
    const refusals: unknown[] = [];
    const clients = [];
    // From the second on they could share.
    for (const args of [["none"], ["none"], [{ value: { $integer: 1 } }]]) {
      const client = await RawClient.connect(deployment.server.url, newSession());
      clients.push(client);
      client.modify(1, { type: "Add", queryId: 0, udfPath: "messages:types", args });
      const { modifications } = await client.until("Transition");
      refusals.push((modifications as Array<{ errorMessage: unknown }>)[0]?.errorMessage);
    }
    const [first, second, other] = refusals;
    expect([first, second]).toEqual([0, 1].map(() => expect.stringContaining("args must be")));
    expect(other).toEqual(expect.not.stringContaining("args must be"));
    for (const client of clients) client.close();
  });

  test("a journal that is none is ignored", async () => {
    const client = await RawClient.connect(deployment.server.url, newSession());
    const paginationOpts = { numItems: 2, cursor: null };
    const query = { type: "Add", udfPath: "messages:page", args: [{ paginationOpts }] };
    const journals = ["no journal", "null", "7", '{"endCursor":7}'];
    client.modify(1, ...journals.map((journal, queryId) => ({ ...query, queryId, journal })));
    const { modifications } = await client.until("Transition");
    expect(modifications).toMatchObject(journals.map(() => ({ type: "QueryUpdated" })));
    client.close();
  });

  test("a page keeps its end when a row before it goes", async () => {
    const client = deployment.client();
    for (const body of ["1", "2", "3"]) await client.mutation(messages.send!, { body });
    const args = { paginationOpts: { numItems: 2, cursor: null } };
    const first = whenResult<{ page: unknown[] }>(client, messages.page!, args, () => true);
    expect((await first).page).toHaveLength(2);
    const shrunk = whenResult<{ page: unknown[] }>(
      client,
      messages.page!,
      args,
      ({ page }) => page.length === 1,
    );
    await client.mutation(messages.removeFirst!, {});
    expect((await shrunk).page).toMatchObject([{ body: "2" }]);
  });

  test("a shared query that starts to read the identity splits per person", async () => {
    const names = ["ann", "bob"];
    const results = names.map((name) => {
      const client = deployment.client();
      actAs(client, deployment.server, name);
      const seen: string[] = [];
      client.onUpdate(messages.sometimesMine!, {}, (result: string) => void seen.push(result));
      return seen;
    });
    await expect.poll(() => results.every((seen) => seen.at(-1) === "empty"), PATIENT).toBe(true);
    await deployment.http().mutation(messages.send!, { body: "now" });
    await expect.poll(() => results.map((seen) => seen.at(-1)), PATIENT).toEqual(names);
  });
});

describe("message by message", () => {
  test("versions follow each other, and a response comes before the transition that shows it", async () => {
    const raw = await RawClient.connect(deployment.server.url, newSession());
    raw.addQuery(1, 0, "messages:list");
    raw.addQuery(2, 1, "messages:constant");
    for (let requestId = 0; requestId < 20; requestId++) {
      raw.mutate(requestId, "messages:send", { body: String(requestId) });
    }
    const start = { querySet: 0, identity: 0, ts: "AAAAAAAAAAA=" };
    const transitions: ServerMessage[] = [];
    const answers: Array<{ ts: bigint; toldBefore: bigint }> = [];
    const told = (): bigint => (transitions.length === 0 ? 0n : endTs(transitions.at(-1)!));
    while (answers.length < 20 || told() < answers.at(-1)!.ts) {
      const message = await raw.next();
      if (message.type === "Transition") transitions.push(message);
      else answers.push({ ts: tsOf(message.ts), toldBefore: told() });
    }
    // Whoever was told a mutation's timestamp before its answer would resolve too early.
    expect(answers.filter(({ ts, toldBefore }) => toldBefore >= ts)).toEqual([]);
    const versions = transitions.map(({ endVersion }) => endVersion);
    expect(transitions.map(({ startVersion }) => startVersion)).toEqual([
      start,
      ...versions.slice(0, -1),
    ]);
    const newest = transitions
      .flatMap(({ modifications }) => modifications as Array<{ queryId: number; value: unknown }>)
      .findLast(({ queryId }) => queryId === 0)?.value;
    expect(newest).toEqual(Array.from({ length: 20 }, (_, i) => String(i)));
    expect(versions.at(-1)).toMatchObject({ querySet: 2, identity: 0 });
    raw.close();
  });

  test("only changed results are sent, and a removed query is said to be removed", async () => {
    const raw = await RawClient.connect(deployment.server.url, newSession());
    raw.modify(
      1,
      { type: "Add", queryId: 0, udfPath: "messages:list", args: [{}] },
      { type: "Add", queryId: 1, udfPath: "messages:constant", args: [{}] },
    );
    expect((await raw.next()).modifications).toHaveLength(2);
    raw.mutate(0, "messages:send", { body: "x" });
    await raw.until("MutationResponse");
    const { modifications } = await raw.until("Transition");
    expect(modifications).toMatchObject([{ type: "QueryUpdated", queryId: 0, value: ["x"] }]);
    raw.modify(2, { type: "Remove", queryId: 0 });
    const removal = await raw.until("Transition");
    expect(removal.modifications).toEqual([{ type: "QueryRemoved", queryId: 0 }]);
    raw.close();
  });

  test("a large transition travels in parts, but not to clients that know none", async () => {
    const raw = await RawClient.connect(deployment.server.url, newSession());
    raw.addQuery(1, 0, "messages:big", { kilobytes: 2 * 1024 });
    const parts = [await raw.next(), await raw.next(), await raw.next()];
    expect(parts).toMatchObject(
      [0, 1, 2].map((partNumber) => ({ type: "TransitionChunk", partNumber, totalParts: 3 })),
    );
    const whole = { type: "Transition", modifications: [{ value: { count: 0 } }] };
    expect(JSON.parse(parts.map(({ chunk }) => chunk).join(""))).toMatchObject(whole);
    raw.close();
    const old = await RawClient.open(deployment.server.url, {}, "1.27.3");
    old.send(hello);
    old.addQuery(1, 0, "messages:big", { kilobytes: 2 * 1024 });
    expect(await old.next()).toMatchObject(whole);
    old.close();
  });

  test("a client is told how far its clock is ahead", async () => {
    const clientTs = Date.now() + 3_600_000;
    const raw = await RawClient.connect(deployment.server.url, newSession(), { clientTs });
    raw.addQuery(1, 0, "messages:constant");
    const { clientClockSkew, serverTs } = await raw.next();
    expect(clientClockSkew).toBeLessThanOrEqual(3_600_000);
    expect(clientClockSkew).toBeGreaterThan(3_500_000);
    expect(Math.abs(Number(serverTs) / 1e6 - Date.now())).toBeLessThan(100_000);
    raw.close();
  });

  const hello = { type: "Connect", sessionId: "s", connectionCount: 0, clientTs: 0 };
  const add = (baseVersion: number, ...queryIds: number[]) => ({
    type: "ModifyQuerySet",
    baseVersion,
    newVersion: baseVersion + 1,
    modifications: queryIds.map((queryId) => ({
      type: "Add",
      queryId,
      udfPath: "messages:list",
      args: [{}],
    })),
  });
  const violations: Array<[what: string, ...sent: unknown[]]> = [
    ["text that is no JSON", "{"],
    ["an unknown message", { type: "Dance" }],
    ["a request before Connect", add(0)],
    ["Connect twice", hello, hello],
    ["a query set version out of order", hello, add(3)],
    ["a query added twice", hello, add(0, 1, 1)],
    [
      "removal of an unknown query",
      hello,
      { ...add(0), modifications: [{ type: "Remove", queryId: 9 }] },
    ],
    [
      "a component without the admin key",
      hello,
      {
        type: "Mutation",
        requestId: 0,
        udfPath: "btree:clear",
        componentPath: "totals",
        args: [{}],
      },
    ],
    ["an observed timestamp that is none", { ...hello, maxObservedTimestamp: "AAA=" }],
    ["one beyond all timestamps", { ...hello, maxObservedTimestamp: "AAAAAAAAAIA=" }],
    [
      "an identity version from the past",
      hello,
      { type: "Authenticate", tokenType: "None", baseVersion: 0 },
      { type: "Authenticate", tokenType: "None", baseVersion: 0 },
    ],
  ];
  test.each(violations)("%s ends the connection with a FatalError", async (_what, ...sent) => {
    const raw = await RawClient.open(deployment.server.url);
    for (const message of sent) {
      raw.socket.send(typeof message === "string" ? message : JSON.stringify(message));
    }
    expect((await raw.until("FatalError")).error).toEqual(expect.any(String));
    expect(await raw.closed).toBe(1008);
  });

  test("system functions need the admin key", async () => {
    const raw = await RawClient.connect(deployment.server.url, newSession());
    raw.addQuery(1, 0, "_system/cli/queryEnvironmentVariables");
    expect((await raw.next()).modifications).toMatchObject([
      { type: "QueryFailed", errorMessage: expect.stringContaining("admin key") },
    ]);
    raw.send({ type: "Authenticate", tokenType: "Admin", baseVersion: 0, value: "milepost|00" });
    expect(await raw.next()).toMatchObject({ type: "AuthError", authUpdateAttempted: true });
    const right = await RawClient.connect(deployment.server.url, newSession());
    const { adminKey } = deployment.server;
    right.send({ type: "Authenticate", tokenType: "Admin", baseVersion: 0, value: adminKey });
    expect((await right.next()).endVersion).toMatchObject({ identity: 1 });
    right.addQuery(1, 0, "_system/cli/queryEnvironmentVariables");
    expect((await right.next()).modifications).toMatchObject([{ type: "QueryUpdated", value: [] }]);
    right.close();
  });

  test("a query of a component ends with the admin key, and goes on with it", async () => {
    const raw = await RawClient.connect(deployment.server.url, newSession());
    const admin = { tokenType: "Admin", value: deployment.server.adminKey };
    const become = async (baseVersion: number, who: object): Promise<unknown> => {
      raw.send({ type: "Authenticate", baseVersion, ...who });
      return (await raw.until("Transition")).modifications;
    };
    expect(await become(0, admin)).toEqual([]);
    const total = { udfPath: "btree:aggregateBetween", args: [{}], componentPath: "totals" };
    raw.modify(1, { type: "Add", queryId: 0, ...total });
    const shown = [{ type: "QueryUpdated" }];
    expect((await raw.until("Transition")).modifications).toMatchObject(shown);
    expect(await become(1, { tokenType: "None" })).toMatchObject([
      { type: "QueryFailed", errorMessage: expect.stringContaining("admin key") },
    ]);
    expect(await become(2, admin)).toMatchObject(shown);
    raw.close();
  });

  test("under a foreign host name even the right admin key is refused", async () => {
    const raw = await RawClient.open(deployment.server.url, { Host: "evil.example:3210" });
    raw.send(hello);
    const { adminKey } = deployment.server;
    raw.send({ type: "Authenticate", tokenType: "Admin", baseVersion: 0, value: adminKey });
    expect(await raw.next()).toMatchObject({ type: "AuthError" });
    raw.close();
  });
});
