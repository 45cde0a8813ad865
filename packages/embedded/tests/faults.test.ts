/** What goes wrong around the store, each with its outcome: the disk, the folder, the clock, other processes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { afterEach, describe, expect, test, vi } from "vitest";
import { Alarm } from "../src/runtime/alarm.ts";
import { Disk } from "../src/store/disk.ts";
import { check, openStore } from "../src/store/index.ts";
import { bundledChild, kill, spawnLimited, startChild } from "./childFixture.ts";
import { exitOf, spawnCommand } from "./fixtures/server/harness.ts";
import {
  collect,
  deploy,
  fullTable,
  killAfterTest,
  openTestStore,
  temporaryDirectory,
  write,
} from "./storeFixture.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe("the disk", () => {
  test("W3 is full in a deploy: it is refused, and the deployment goes on as it was", async () => {
    const dir = temporaryDirectory();
    // Room for the documents, 300 times 2 kB, but not for an index of their texts.
    const child = spawnLimited("-f 1600", await bundledChild(), dir, "deploy");
    const { stdout } = await exitOf(child);
    const [ready, refusal, count] = stdout.split("\n");
    expect([ready, count]).toEqual(["ready", "301"]);
    expect(refusal).toMatch(/The disk refused the change, and nothing changed/);
    expect(await check(dir)).toMatchObject({ documents: 301, indexRows: 301, problems: [] });
  });

  test("W4 is full in an import: it is refused, and the deployment goes on as it was", async () => {
    const dir = temporaryDirectory();
    const child = spawnLimited("-f 1600", await bundledChild(), dir, "import");
    const [ready, refusal, count] = (await exitOf(child)).stdout.split("\n");
    expect([ready, count]).toEqual(["ready", "2"]);
    expect(refusal).toMatch(/The disk refused the change, and nothing changed/);
    expect(await check(dir)).toMatchObject({ documents: 2, problems: [] });
  });

  test("W2 fails to sync: nobody is told of the commit, and the server is to stop", async () => {
    const failures: unknown[] = [];
    const dir = temporaryDirectory();
    const store = await openStore({ dir, onWriteFailure: (error) => failures.push(error) });
    write(store, (tx) => tx.insert("", "users", { n: 1 }));
    await store.durable(store.ts);
    vi.spyOn(Disk.prototype, "write").mockRejectedValue(new Error("EIO: fdatasync"));
    const { commit } = write(store, (tx) => tx.insert("", "users", { n: 2 }));
    await expect(commit.durable).rejects.toThrow("EIO");
    const { commit: next } = write(store, (tx) => tx.insert("", "users", { n: 3 }));
    await expect(next.durable).rejects.toThrow("EIO");
    expect(failures).toHaveLength(2);
    vi.restoreAllMocks();
    await expect(store.close()).rejects.toThrow("EIO");
  });
});

describe("the folder", () => {
  // The rights of files do not bind root, so the child is somebody else.
  const asSomebody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

  async function openAs(dir: string): Promise<string> {
    const program = await bundledChild();
    const child = spawn(process.execPath, [program, dir, "hold"], {
      stdio: ["pipe", "ignore", "pipe"],
      ...asSomebody,
    });
    killAfterTest(child);
    return await text(child.stderr);
  }

  test("W10 cannot be made, or may not be written to: one sentence says so", async () => {
    const parent = temporaryDirectory();
    chmodSync(parent, 0o755);
    const dir = join(parent, "data");
    mkdirSync(dir, { mode: 0o555 });
    expect(await openAs(dir)).toMatch(/UNUSABLE|cannot be used/);
    expect(readdirSync(dir)).toEqual([]);
    expect(await openAs(join(parent, "new"))).toMatch(/UNUSABLE|cannot be used/);
  });
});

test("W11 the folder is moved away from the server: nobody is told of a commit, and it ends", async () => {
  const dir = temporaryDirectory();
  const moved = join(temporaryDirectory(), "moved");
  const child = spawn(process.execPath, [await bundledChild(), dir, "write"]);
  killAfterTest(child);
  await once(child.stdout, "data");
  const ended = exitOf(child);
  renameSync(dir, moved);
  mkdirSync(dir);
  const { code, stderr, stdout } = await ended;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^Cannot write to the data folder .* not there any more, .*Stopping\.\n$/);
  const acknowledged = stdout.split("\n").filter((line) => line.startsWith("write-"));
  const store = await openTestStore(moved);
  const left = collect(store.begin("query").stream("", fullTable("left"), false));
  const names = new Set(left.map(({ name }) => name));
  expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
});

describe("the clock", () => {
  test("W19 is set back and forth, also over a restart: commits and documents stay in order", async () => {
    const dir = temporaryDirectory();
    const start = Date.now();
    const clock = vi.spyOn(Date, "now");
    let store = await openTestStore(dir);
    const steps = [0, 3_600_000, -86_400_000, 5, -5, 0];
    const ts: bigint[] = [];
    for (const [n, step] of steps.entries()) {
      clock.mockReturnValue(start + step);
      if (n % 2 === 1) {
        await store.close();
        store = await openTestStore(dir);
      }
      ts.push(write(store, (tx) => tx.insert("", "events", { n })).commit.ts);
    }
    expect(ts.every((one, i) => i === 0 || one > (ts[i - 1] ?? 0n))).toBe(true);
    const order = collect(store.begin("query").stream("", fullTable("events"), false));
    expect(order.map(({ n }) => n)).toEqual(steps.map((_, n) => n));
  });

  test("W20 jumps ahead, or the computer slept: what is due by it rings within a minute", () => {
    vi.useFakeTimers();
    const rings: number[] = [];
    const due = Date.now() + 3_600_000;
    const alarm: Alarm = new Alarm(() => {
      rings.push(Date.now());
      alarm.set(Date.now() < due ? due : null);
    });
    alarm.set(due);
    vi.advanceTimersByTime(10_000);
    vi.setSystemTime(due + 1);
    vi.advanceTimersByTime(60_000);
    expect(rings.filter((at) => at >= due)).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
});

test("W16 backups that are killed leave no file, no damage and no lock on old pages", async () => {
  const dir = temporaryDirectory();
  const store = await openTestStore(dir);
  await deploy(store, { left: defineTable({ name: v.string(), padding: v.string() }) });
  await store.close();
  const acknowledged: string[] = [];
  const server = await startChild(dir, "write", (name) => acknowledged.push(name));
  const target = join(dir, "copies");
  mkdirSync(target);
  for (const delay of [350, 420, 500]) {
    const command = spawnCommand("backup", target, "--data-dir", dir);
    killAfterTest(command);
    await new Promise((resolve) => setTimeout(resolve, delay));
    await kill(command);
  }
  const before = acknowledged.length;
  await expect.poll(() => acknowledged.length).toBeGreaterThan(before);
  const { code } = await exitOf(spawnCommand("backup", target, "--data-dir", dir));
  expect(code).toBe(0);
  await kill(server);
  const opened = await openTestStore(dir);
  opened.forgetDeadReaders();
  expect(opened.forgetDeadReaders()).toBe(0);
  const names = new Set(
    collect(opened.begin("query").stream("", fullTable("right"), false)).map(({ name }) => name),
  );
  await opened.close();
  expect(acknowledged.filter((name) => !names.has(name))).toEqual([]);
  expect((await check(dir)).problems).toEqual([]);
});
