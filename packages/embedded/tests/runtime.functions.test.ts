/** Running functions: transactions, nesting, validation, isolation, identity. */
import { execFile } from "node:child_process";
import { beforeAll, beforeEach, expect, test, vi } from "vitest";
import { bundledChild } from "./childFixture.ts";
import {
  bundleFixture,
  error,
  SITE_URL,
  TestDeployment,
  value,
  withoutModule,
} from "./fixtures/runtime/deployFixture.ts";
import { exitOf } from "./fixtures/server/harness.ts";
import type { JsonObject } from "../src/types.ts";

let push: JsonObject;
let deployment: TestDeployment;

beforeAll(async () => {
  push = await bundleFixture("app");
}, 60_000);

beforeEach(async () => {
  // Without its crons, which write notes of their own.
  deployment = await TestDeployment.startWith(withoutModule(push, "crons.js"));
  return () => deployment.dispose();
});

const MIB = 2 ** 20;
const ANN = { tokenIdentifier: "https://issuer|ann", issuer: "https://issuer", subject: "ann" };

test("a mutation is seen by the next query", async () => {
  const run = await deployment.engine.runMutation({
    component: "",
    path: "functions.js:write",
    args: { text: "one" },
    identity: null,
    access: "public",
  });
  expect(run.outcome.success).toBe(true);
  expect(run.ts).toBe(deployment.engine.store.ts);
  expect(await deployment.notes()).toEqual(["one"]);
});

test("a failed mutation leaves nothing behind and names its error and place", async () => {
  const message = error(await deployment.mutation("functions:fails", { text: "x" }));
  expect(message).toMatch(/^Uncaught Error: refused x\n {4}at handler \(.*functions\.js:\d+:\d+\)/);
  expect(await deployment.notes()).toEqual([]);
  expect(value(await deployment.query("jobs:list"))).toEqual([]);
});

test("the position in an error is the author's", async () => {
  const source = (await import("node:fs")).readFileSync(
    new URL("fixtures/runtime/app/convex/functions.js", import.meta.url),
    "utf8",
  );
  const line = source.slice(0, source.indexOf("new Error(`refused")).split("\n").length;
  const message = error(await deployment.mutation("functions:fails", { text: "x" }));
  expect(message).toContain(`functions.js:${line}:`);
});

test("a ConvexError carries its data", async () => {
  const outcome = await deployment.mutation("functions:fails", { text: "x", data: { code: "NO" } });
  expect(outcome).toMatchObject({ success: false, errorData: { code: "NO" } });
  expect(error(outcome)).toContain('Uncaught ConvexError: {"code":"NO"}');
});

test("a failed child is rolled back alone", async () => {
  const result = value(await deployment.mutation("functions:survivesChild"));
  expect(result).toEqual({ data: { code: "NO" }, isConvexError: true, beside: "fulfilled" });
  expect(await deployment.notes()).toEqual(["before", "beside", "after"]);
  expect(value(await deployment.query("jobs:list"))).toEqual([]);
});

test("a failed child that waited for the host is rolled back alone", async () => {
  expect(value(await deployment.mutation("functions:nestedDigest"))).toBe("rejected");
  expect(await deployment.notes()).toEqual(["kept"]);
});

test("the parent of a failed child gets an Error with the child's message", async () => {
  expect(value(await deployment.mutation("functions:plainChildError"))).toEqual({
    message: expect.stringMatching(/^Uncaught Error: refused child/),
    isError: true,
    data: null,
  });
});

test("a function handle reaches an internal function", async () => {
  const handle = value(await deployment.mutation("functions:callsHandle", { text: "by handle" }));
  expect(handle).toBe("function://;functions:hidden");
  expect(await deployment.notes()).toEqual(["by handle"]);
});

test("a stale snapshot does not see the own writes", async () => {
  await deployment.mutation("functions:write", { text: "committed" });
  expect(value(await deployment.mutation("functions:snapshot"))).toEqual({ stale: 1, fresh: 2 });
});

test("internal and missing functions are refused alike, unless an admin calls", async () => {
  const hidden = error(await deployment.mutation("functions:hidden", { text: "x" }));
  const missing = error(await deployment.mutation("functions:nothing", { text: "x" }));
  expect(hidden.replace("hidden", "nothing")).toBe(missing);
  expect(hidden).toContain("Could not find public function for 'functions:hidden'");
  const admin = { access: "any" } as const;
  value(await deployment.mutation("functions:hidden", { text: "x" }, admin));
  expect(error(await deployment.mutation("functions:nothing", {}, admin))).toContain(
    "Could not find function",
  );
});

test("arguments and results are validated", async () => {
  expect(error(await deployment.mutation("functions:write", { text: 5 }))).toMatch(
    /^ArgumentValidationError: .*[\s\S]*v\.string\(\)/,
  );
  expect(error(await deployment.mutation("functions:write", {}))).toContain("`text`");
  expect(error(await deployment.query("functions:returnsWrong"))).toMatch(
    /^ReturnsValidationError: /,
  );
  expect(await deployment.notes()).toEqual([]);
});

test("a query is not a mutation", async () => {
  expect(error(await deployment.mutation("functions:notes"))).toContain("defined as Query");
  expect(error(await deployment.query("functions:write", { text: "x" }))).toContain(
    "defined as Mutation",
  );
});

test("only a run that asks for the identity depends on it", async () => {
  const call = { component: "", args: {}, identity: ANN, access: "public" as const };
  const { runs } = await deployment.engine.runQueries([
    { ...call, path: "functions:whoAmI" },
    { ...call, path: "functions:whoAmINested" },
    { ...call, path: "functions:notes" },
  ]);
  expect(runs.map(({ outcome, readIdentity }) => [value(outcome), readIdentity])).toEqual([
    ["ann", true],
    ["ann", true],
    [[], false],
  ]);
});

test("a component has no identity, and only the variables bound to it", async () => {
  await deployment.engine.updateEnvironment([{ name: "SECRET", value: "s3cret" }]);
  const { runs } = await deployment.engine.runQueries([
    {
      component: "",
      path: "functions:insideComponent",
      args: {},
      identity: ANN,
      access: "public",
    },
  ]);
  expect(value(runs[0]!.outcome)).toEqual({
    subject: null,
    environment: { GREETING: "hello" },
    component: "mounted",
  });
  expect(runs[0]!.readIdentity).toBe(false);
});

test("an internal function of a component cannot be named from outside", async () => {
  const message = error(await deployment.query("functions:hiddenInComponent"));
  expect(message).toContain(
    "Could not find public function for 'inside:hidden' in component 'mounted'",
  );
});

test("the clock stands still, and who reads it or chance is marked", async () => {
  const call = { component: "", args: {}, identity: null, access: "public" as const };
  const { runs } = await deployment.engine.runQueries([
    { ...call, path: "functions:clock" },
    { ...call, path: "functions:dice" },
    { ...call, path: "functions:dice" },
    { ...call, path: "functions:notes" },
  ]);
  const [clock, dice, otherDice] = runs.map(({ outcome }) => value(outcome));
  expect(clock).toBe(true);
  const rolled = [dice, otherDice].flat() as number[];
  expect(new Set(rolled).size).toBe(4);
  expect(rolled.every((number) => number >= 0 && number < 1)).toBe(true);
  expect(runs.map(({ timeDependent }) => timeDependent)).toEqual([true, true, true, false]);
});

test("functions see their variables and nothing of the host", async () => {
  await deployment.engine.updateEnvironment([{ name: "SECRET", value: "s3cret" }]);
  expect(value(await deployment.query("functions:sandbox"))).toEqual({
    process: ["env"],
    secret: "s3cret",
    site: SITE_URL,
    module: "undefined",
    buffer: "undefined",
    urlError: true,
    generated: "EvalError",
  });
});

test("a result is parsed once", async () => {
  const parse = vi.spyOn(JSON, "parse");
  expect(value(await deployment.query("functions:constant"))).toBe("as deployed");
  const parsed = parse.mock.calls.filter(([text]) => text === '"as deployed"');
  parse.mockRestore();
  expect(parsed).toHaveLength(1);
});

test("16 MiB of arguments and of results pass, and one byte more does not", async () => {
  const LIMIT = 2 ** 24;
  // An array with one object with one field, and the string's own two bytes.
  const text = "x".repeat(LIMIT - 2 - 2 - 5 - 2);
  expect(value(await deployment.query("functions:weigh", { text }))).toBe(text.length);
  expect(error(await deployment.query("functions:weigh", { text: `${text}x` }))).toBe(
    "Arguments for functions.js:weigh are too large (actual: 16 MiB, limit: 16 MiB)",
  );
  const given = value(await deployment.query("functions:give", { length: LIMIT - 2 }));
  expect(given).toHaveLength(LIMIT - 2);
  expect(error(await deployment.query("functions:give", { length: LIMIT + MIB / 2 }))).toBe(
    "Function functions.js:give return value is too large (actual: 16.5 MiB, limit: 16 MiB)",
  );
});

test("a result that no client could read fails, and the mutation with it", async () => {
  const longest = value(await deployment.mutation("functions:giveItems", { length: 8192 }));
  expect(longest).toHaveLength(8192);
  expect(error(await deployment.mutation("functions:giveItems", { length: 8193 }))).toBe(
    "Function functions.js:giveItems return value invalid: Array length is too long (8193 > maximum length 8192)",
  );
  expect(await deployment.notes()).toEqual(["given"]);
});

test("fetch in a query names actions as the way out", async () => {
  expect(error(await deployment.query("functions:fetches"))).toMatch(/fetch\(\).*using an action/);
});

test("W35 a function that waits for ever fails, writes nothing, and blocks nobody", async () => {
  const [stuck, next] = await Promise.all([
    deployment.mutation("functions:waitsForEver"),
    deployment.mutation("functions:write", { text: "next" }),
  ]);
  expect(error(stuck)).toContain("Returned promise will never resolve (functions:waitsForEver)");
  expect(next.success).toBe(true);
  expect(await deployment.notes()).toEqual(["next"]);
});

test("a mutation may wait for crypto.subtle", async () => {
  const result = value(
    await deployment.mutation("functions:digest", { text: "abc" }),
  ) as JsonObject;
  const bytes = Buffer.from(result["$bytes"] as string, "base64");
  expect(bytes.toString("hex")).toMatch(/^ba7816bf8f01cfea/);
  expect(await deployment.notes()).toEqual(["true 32"]);
});

test("console lines come with the outcome, the log stream and the printed log", async () => {
  const outcome = await deployment.query("functions:prints");
  expect(outcome.logLines).toEqual(["[LOG] 'hello' { a: [ 1 ] }", "[WARN] 'careful'"]);
  const { entries, newCursor } = await deployment.engine.logs(0, 0);
  expect(entries.at(-1)!.entry).toMatchObject({
    kind: "Completion",
    udfType: "Query",
    identifier: "functions:prints",
    error: null,
    logLines: [
      { level: "LOG", messages: ["'hello' { a: [ 1 ] }"] },
      { level: "WARN", messages: ["'careful'"] },
    ],
  });
  expect(deployment.log).toContain("[CONVEX Q(functions:prints)] [WARN] 'careful'");
  const later = deployment.engine.logs(newCursor, 60_000);
  await deployment.query("functions:notes");
  expect((await later).entries.map(({ entry }) => entry["identifier"])).toEqual([
    "functions:notes",
  ]);
});

test("what is not part of this deployment says so", async () => {
  expect(error(await deployment.mutation("functions:fileStorage"))).toContain(
    "File storage is not part of the embedded deployment: deploy to Convex cloud or self-hosted Convex",
  );
});

test("a function knows its name and its use of the transaction", async () => {
  expect(value(await deployment.mutation("functions:metadata"))).toMatchObject({
    fn: { name: "functions:metadata", componentPath: "", type: "mutation", visibility: "public" },
    metrics: { documentsWritten: { used: 0, remaining: 16_000 } },
  });
});

test("a nested call may be given less than the whole transaction", async () => {
  const run = (documentsWritten: number) =>
    deployment.mutation("functions:limited", { documentsWritten });
  expect(value(await run(3))).toBe("done");
  expect(value(await run(2))).toContain("Too many writes");
  expect(await deployment.notes()).toEqual(["outside", "1", "2", "3", "outside"]);
});

test("a returned commit timestamp is the commit's", async () => {
  const run = await deployment.engine.runMutation({
    component: "",
    path: "functions:commitTs",
    args: {},
    identity: null,
    access: "public",
  });
  const { $integer } = value(run.outcome) as { $integer: string };
  // Nothing was written, so there was no commit of its own: the snapshot's stands for it.
  expect(Buffer.from($integer, "base64").readBigInt64LE()).toBe(run.ts);
});

test("a rejection nobody hears is printed and harms nobody", async () => {
  expect(value(await deployment.mutation("functions:rejectsUnheard"))).toBe("fine");
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(deployment.log).toContain("Unhandled promise rejection in a function: unheard");
});

test("W36 what a listener throws is printed and harms nobody", async () => {
  expect(value(await deployment.mutation("functions:listensBadly"))).toBe("fine");
  const printed = () => deployment.log.filter((line) => line.startsWith("Uncaught error"));
  await expect
    .poll(printed)
    .toEqual([
      "Uncaught error in a function: missing is not defined",
      "Uncaught error in a function: Invalid URL",
      "Uncaught error in a function: something without a text",
    ]);
  expect(await deployment.notes()).toEqual([]);
});

test("an error of the host itself ends the process as ever", async () => {
  const child = execFile(process.execPath, [await bundledChild("uncaughtChild")]);
  const { code, stderr } = await exitOf(child);
  expect(code).toBe(1);
  expect(stderr).toContain("Error: of the host");
});

test.each([1, 2])(
  "what a mutation left behind does not go on in the next one (after %s waits)",
  async (waits) => {
    value(await deployment.mutation("functions:leavesBehind", { waits }));
    await new Promise((resolve) => setTimeout(resolve, 5));
    value(await deployment.mutation("functions:waitsALittle"));
    expect(await deployment.notes()).toEqual(["next"]);
  },
);

test("system tables are read-only", async () => {
  const args = { name: "jobs:succeeds", delayMs: 3_600_000, args: { text: "later" } };
  const id = value(await deployment.mutation("jobs:schedule", args));
  expect(error(await deployment.mutation("functions:writesSystemTable", { id }))).toContain(
    "read-only",
  );
});

test("a page that is run again with its journal keeps its end", async () => {
  for (const text of ["a", "b", "c", "d", "e"]) {
    value(await deployment.mutation("functions:write", { text }));
  }
  const call = {
    component: "",
    path: "functions:page",
    args: { paginationOpts: { numItems: 3, cursor: null } },
    identity: null,
    access: "public" as const,
  };
  const first = (await deployment.engine.runQueries([call])).runs[0]!;
  const shown = value(first.outcome) as { page: JsonObject[]; continueCursor: string };
  value(await deployment.mutation("functions:erase", { id: shown.page[0]!["_id"]! }));
  const again = (await deployment.engine.runQueries([{ ...call, journal: first.journal }]))
    .runs[0]!;
  const kept = value(again.outcome) as typeof shown;
  expect(kept.page.map(({ text }) => text)).toEqual(["b", "c"]);
  expect(kept.continueCursor).toBe(shown.continueCursor);
});

test("a mutation sent again with its request id runs once, also after a restart", async () => {
  const call = {
    component: "",
    path: "functions:write",
    args: { text: "once" },
    identity: null,
    access: "public" as const,
  };
  const request = { sessionId: "session", requestId: 1 };
  const first = await deployment.engine.runMutation(call, request);
  const second = await deployment.engine.runMutation(call, request);
  await second.durable;
  await deployment.restart();
  const third = await deployment.engine.runMutation(call, request);
  expect([second.outcome, third.outcome]).toEqual([first.outcome, first.outcome]);
  expect(third.ts! >= first.ts!).toBe(true);
  await deployment.engine.runMutation(call, { ...request, requestId: 2 });
  expect(await deployment.notes()).toEqual(["once", "once"]);
});

test("a failed mutation sent again runs again", async () => {
  const call = { component: "", args: {}, identity: null, access: "public" as const };
  const request = { sessionId: "session", requestId: 1 };
  const failed = await deployment.engine.runMutation(
    { ...call, path: "functions:fails", args: { text: "x" } },
    request,
  );
  expect(failed.outcome.success).toBe(false);
  const path = "functions:write";
  await deployment.engine.runMutation({ ...call, path, args: { text: "second try" } }, request);
  expect(await deployment.notes()).toEqual(["second try"]);
});

test("an answer is kept with its commit timestamp, in the mutation's own commit", async () => {
  const call = { component: "", path: "functions:commitTs", args: {}, identity: null };
  const request = { sessionId: "session", requestId: 1 };
  const { store } = deployment.engine;
  const commits: bigint[] = [];
  const stop = store.onCommit(({ ts }) => commits.push(ts));
  const run = () => deployment.engine.runMutation({ ...call, access: "public" }, request);
  const [first, again] = [await run(), await run()];
  stop();
  expect(commits).toEqual([first.ts]);
  expect(value(again.outcome)).toEqual(value(first.outcome));
  const { $integer } = value(again.outcome) as { $integer: string };
  expect(Buffer.from($integer, "base64").readBigInt64LE()).toBe(first.ts);
});
