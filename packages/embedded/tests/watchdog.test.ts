/** Functions that hold the processor or never come back are stopped, and nobody else notices more than a pause. */
import { stat } from "node:fs/promises";
import { expect, test, vi } from "vitest";
import { anyApi } from "convex/server";
import { Compiler } from "../src/runtime/code.ts";
import { Realm } from "../src/runtime/realm.ts";
import { watched } from "../src/runtime/watchdog.ts";
import { deploymentOfFile, messages } from "./fixtures/server/perFile.ts";
import type { JsonObject } from "../src/types.ts";

const loops = anyApi["loops"]!;
const TIMED_OUT = "Function execution timed out (maximum duration: 1s)";

// A loaded machine is slow, and a second of processor time may take many.
vi.setConfig({ testTimeout: 120_000 });
const deployment = await deploymentOfFile();

const bodies = (): Promise<string[]> => deployment.http().query(messages["list"]!, {});

test.each(["microtasks", "caught", "expression"])(
  "W33 a query that does not end (%s) is stopped after a second",
  async (way) => {
    const asked = deployment.http().query(loops["ask"]!, { way });
    await expect(asked).rejects.toThrow(TIMED_OUT);
    expect(await deployment.http().query(messages["constant"]!, {})).toBe("constant");
  },
);

test.each(["afterHost", "nested", "pieces"])(
  "W33 a mutation that does not end (%s) is stopped, and leaves nothing behind",
  async (way) => {
    const before = await bodies();
    const called = deployment.http().mutation(loops["mutate"]!, { way });
    await expect(called).rejects.toThrow(TIMED_OUT);
    await deployment.http().mutation(messages["send"]!, { body: `after ${way}` });
    expect(await bodies()).toEqual([...before, `after ${way}`]);
  },
);

test("a mutation that only waits for the host is stopped after five seconds", async () => {
  const before = await bodies();
  const called = deployment.http().mutation(loops["mutate"]!, { way: "digests" });
  await expect(called).rejects.toThrow(
    "Function execution timed out (maximum duration: 5s) (loops:mutate)",
  );
  expect(await bodies()).toEqual(before);
});

test("a mutation that waits for one long operation of the host keeps nobody longer", async () => {
  const digest = vi.spyOn(crypto.subtle, "digest").mockReturnValue(new Promise(() => {}));
  const called = deployment.http().mutation(loops["mutate"]!, { way: "digests" });
  await expect(called).rejects.toThrow("Function execution timed out (maximum duration: 5s)");
  digest.mockRestore();
});

test("a mutation whose host has answered goes on, however long the thread was held meanwhile", async () => {
  const digest = vi.spyOn(crypto.subtle, "digest").mockImplementationOnce(async () => {
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5_100));
    await stat(".");
    return new ArrayBuffer(32);
  });
  await deployment.http().mutation(loops["mutate"]!, { way: "digest" });
  expect(digest).toHaveBeenCalledOnce();
  digest.mockRestore();
});

test("W33 an action is stopped after three seconds without a pause; what it wrote before stays", async () => {
  await expect(deployment.http().action(loops["act"]!, {})).rejects.toThrow(
    "Function execution timed out (maximum duration: 3s)",
  );
  expect(await bodies()).toContain("by an action");
  expect(await deployment.http().action(loops["longAction"]!, { ms: 1100 })).toBe("done");
});

test("W37 an action that keeps more and more is stopped before the process ends", async () => {
  await expect(deployment.http().action(loops["hoard"]!, {})).rejects.toThrow(
    /JavaScript execution ran out of memory \(maximum memory usage: \d+ MB\)/,
  );
  expect(await deployment.http().query(messages["constant"]!, {})).toBe("constant");
});

test("a response whose body hangs in a loop is broken off", async () => {
  const response = await fetch(`${deployment.server.siteUrl}/spin`);
  await expect(response.text()).rejects.toThrow("terminated");
});

test("live clients keep their connection and their promises through a stopped function", async () => {
  const client = deployment.client();
  const updates: string[][] = [];
  client.onUpdate(messages["list"]!, {}, (list: string[]) => updates.push(list));
  await vi.waitFor(() => expect(updates).not.toHaveLength(0));
  const sent = [1, 2, 3].map((n) => client.mutation(messages["send"]!, { body: `sent ${n}` }));
  const stuck = client.mutation(loops["mutate"]!, { way: "loop" });
  const later = client.mutation(messages["send"]!, { body: "sent 4" });
  await expect(stuck).rejects.toThrow(TIMED_OUT);
  await Promise.all([...sent, later]);
  await vi.waitFor(() => expect(updates.at(-1)).toEqual(expect.arrayContaining(["sent 4"])));
  expect(client.connectionState()).toMatchObject({
    isWebSocketConnected: true,
    connectionCount: 1,
  });
  expect(await bodies()).toEqual(expect.arrayContaining(["sent 1", "sent 2", "sent 3", "sent 4"]));
});

test("W34 a module that does not end while it is imported refuses its push; the deployment stays", async () => {
  const push = deployment.server.engine.activePush()!;
  const app = push["appDefinition"] as JsonObject & { changedModules: JsonObject[] };
  const stuck = { path: "stuck.js", source: "for (;;);", environment: "isolate" };
  const changedModules = [...app.changedModules, stuck];
  const evaluated = deployment.server.engine.evaluatePush({
    ...push,
    appDefinition: { ...app, changedModules },
  });
  await expect(evaluated).rejects.toThrow(`Failed to analyze stuck.js: ${TIMED_OUT}`);
  expect(await deployment.http().query(messages["constant"]!, {})).toBe("constant");
});

const slow = vi.fn<() => never>(() => {
  burn(400);
  throw new Error("slow");
});
const hostCalls: Array<[call: string, replace: () => unknown]> = [
  ["setTimeout(() => {}, 1)", () => vi.stubGlobal("setTimeout", slow)],
  ["fetch('http://127.0.0.1:1').catch(() => {})", () => vi.stubGlobal("fetch", slow)],
  ["AbortSignal.timeout(1)", () => vi.spyOn(AbortSignal, "timeout").mockImplementation(slow)],
  ["crypto.randomUUID()", () => vi.spyOn(crypto, "randomUUID").mockImplementation(slow)],
  [
    "crypto.subtle.digest('SHA-256', new Uint8Array(1))",
    () => vi.spyOn(crypto.subtle, "digest").mockImplementation(slow),
  ],
];

test.each(hostCalls)("nothing strikes inside the host's part of %s", async (call, replace) => {
  const source = { path: "calls.js", source: `try { ${call}; } catch {}` };
  const code = await new Compiler().compile([{ ...source, environment: "isolate" }]);
  slow.mockClear();
  replace();
  try {
    const realm = new Realm({ code, kind: "action", environment: {} });
    watched(100, () => realm.load("calls.js"));
    expect(slow).toHaveBeenCalledTimes(1);
  } finally {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  }
});

/** Holds the processor. */
function burn(ms: number): void {
  const before = process.cpuUsage();
  const used = (): number => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  while (used() < ms);
}
