/** What functions find around them is the same on every machine and on Convex. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, onTestFinished, test } from "vitest";
import { Compiler } from "../src/runtime/code.ts";
import { ALLOWED_GLOBALS } from "../src/runtime/globals.ts";
import { LogLines, LogBuffer } from "../src/runtime/logs.ts";
import { RealmPool } from "../src/runtime/pool.ts";
import { Realm } from "../src/runtime/realm.ts";
import { bundledChild } from "./childFixture.ts";

/** The value of an expression inside a query's context. */
async function inside(expression: string): Promise<unknown> {
  const source = { path: "seen.js", source: `export const seen = ${expression};` };
  const code = await new Compiler().compile([{ ...source, environment: "isolate" }]);
  const realm = new Realm({ code, kind: "transaction", environment: {} });
  return realm.load("seen.js")["seen"];
}

test("functions have the zone and the language of Convex, whatever the machine speaks", async () => {
  const env = { ...process.env, TZ: "Europe/Istanbul", LC_ALL: "tr_TR.UTF-8" };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [await bundledChild("realmChild")],
    {
      env,
    },
  );
  expect(JSON.parse(stdout)).toEqual({
    text: "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)",
    time: "00:00:00 GMT+0000 (Coordinated Universal Time)",
    date: "1/1/1970, 12:00:00 AM",
    hours: 0,
    zone: "UTC",
    locale: "en-US",
    isFormat: true,
    number: "1,234.5",
    german: "1.234,5",
    country: "Germany",
    list: "1.5,1/1/1970, 12:00:00 AM",
    upper: "I",
    order: "\u00e4z",
  });
});

const FROZEN_MS = 86_400_000;
const frozen: Array<[expression: string, value: unknown]> = [
  ["Date.now()", FROZEN_MS],
  ["new Date().getTime()", FROZEN_MS],
  ["+new (class extends Date {})()", FROZEN_MS],
  ["+new (new Date().constructor)()", FROZEN_MS],
  ["Date()", "Fri Jan 02 1970 00:00:00 GMT+0000 (Coordinated Universal Time)"],
  ["new Intl.DateTimeFormat().format()", "1/2/1970"],
  ["new Intl.DateTimeFormat('en', { day: 'numeric' }).formatToParts()[0].value", "2"],
  ["((all) => all.format === all.format)(new Intl.DateTimeFormat())", true],
  ["performance.now() + performance.timeOrigin", FROZEN_MS],
  ["Math.random()", 0.25],
];

test.each(frozen)("%s is of the function's own clock or dice", async (expression, value) => {
  const source = { path: "seen.js", source: `export const seen = () => ${expression};` };
  const code = await new Compiler().compile([{ ...source, environment: "isolate" }]);
  const realm = new Realm({ code, kind: "transaction", environment: {} });
  const { seen } = realm.load("seen.js") as { seen: () => unknown };
  realm.frame = {
    nowMs: () => FROZEN_MS,
    random: () => 0.25,
    log: () => {},
    syscall: () => "",
    asyncSyscall: () => "",
    jsSyscall: () => null,
    hostOperation: (result) => result,
    resume: () => {},
  };
  expect(seen()).toBe(value);
});

test("functions find no name that only some versions of Node have", async () => {
  const hadTemporal = runInNewContext("typeof Temporal") === "object";
  setFlagsFromString("--harmony-temporal");
  onTestFinished(() =>
    setFlagsFromString(hadTemporal ? "--harmony-temporal" : "--no-harmony-temporal"),
  );
  expect(runInNewContext("typeof Temporal")).toBe("object");
  const names = (await inside("Object.getOwnPropertyNames(globalThis)")) as string[];
  expect(names.filter((name) => !ALLOWED_GLOBALS.has(name))).toEqual([]);
  expect(await inside("typeof new Date().toTemporalInstant")).toBe("undefined");
});

test("an import asks the module itself, not a copy of its exports", async () => {
  const source = {
    path: "seen.js",
    source: "export let seen = 1; export const raise = () => ++seen;",
  };
  const code = await new Compiler().compile([{ ...source, environment: "isolate" }]);
  const seen = new Realm({ code, kind: "transaction", environment: {} }).load("seen.js");
  (seen["raise"] as () => void)();
  expect([seen["seen"], seen["__esModule"]]).toEqual([2, true]);
  const property = Object.getOwnPropertyDescriptor(seen, "seen") ?? {};
  expect(String(Reflect.get(property, "get"))).toBe("() => seen");
});

test("weak references hold and registries never call: they would tell of everybody's garbage", async () => {
  setFlagsFromString("--expose-gc");
  // It cannot be deleted from the realm below.
  const collectGarbage = runInNewContext("gc") as () => void;
  const source = `export const called = [], weak = new WeakRef({});
    export const registry = new FinalizationRegistry((held) => called.push(held));
    registry.register({}, "gone");`;
  const code = await new Compiler().compile([{ path: "seen.js", source, environment: "isolate" }]);
  const realm = new Realm({ code, kind: "transaction", environment: {} });
  const { weak, called } = realm.load("seen.js") as { weak: WeakRef<object>; called: string[] };
  for (let times = 0; times < 3; times++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    collectGarbage();
  }
  expect([typeof weak.deref(), called]).toEqual(["object", []]);
});

const kept: Array<[expression: string, value: unknown]> = [
  ["typeof Atomics + typeof WebAssembly", "undefinedundefined"],
  ["self === globalThis", true],
  ["(() => { const o = {}; return new WeakRef(o).deref() === o; })()", true],
  ["Object.getOwnPropertyNames(WeakRef.prototype).join()", "constructor,deref"],
  ["(() => { try { new WeakRef(1); } catch (e) { return e instanceof TypeError; } })()", true],
  [
    "(() => { const r = new FinalizationRegistry(() => {}), t = {}; r.register({}, 1, t); return [r.unregister(t), r.unregister(t)].join(); })()",
    "true,false",
  ],
  [
    "new Response('x') instanceof Response && new (class extends Blob {})([]) instanceof Blob",
    true,
  ],
  [
    "(() => { try { AbortSignal.timeout(1); } catch (e) { return e.message.slice(0, 55); } })()",
    "Can't use AbortSignal.timeout() in queries and mutation",
  ],
];

test.each(kept)("%s", async (expression, value) => {
  expect(await inside(expression)).toBe(value);
});

test("AbortSignal.timeout rings for the action that set it: its realm has no next one", async () => {
  const source = { path: "calls.js", source: "AbortSignal.timeout(1);" };
  const code = await new Compiler().compile([{ ...source, environment: "isolate" }]);
  const pool = new RealmPool({ code, environment: {} });
  const realm = pool.acquire("action");
  pool.release(realm);
  expect(pool.acquire("action")).toBe(realm);
  realm.load("calls.js");
  pool.release(realm);
  expect(pool.acquire("action")).not.toBe(realm);
});

test("what functions print is kept up to 16 million characters", async () => {
  const buffer = new LogBuffer();
  const print = (letter: string, lines: number): void => {
    const log = new LogLines();
    for (let n = 0; n < lines; n++) log.add("LOG", [letter.repeat(9_000)], 0);
    buffer.add({
      udfType: "Query",
      component: "",
      identifier: letter,
      lines: log.lines,
      error: null,
      startedMs: 0,
      durationMs: 0,
      requestId: letter,
      caller: "SyncWebsocket",
      identityType: "unknown",
    });
  };
  for (const letter of "abcdefghij") print(letter, 250);
  const { entries } = await buffer.after(0, 0);
  expect(entries.map(({ entry }) => entry["identifier"])).toEqual("defghij".split(""));
});
