/** Backup, restore, compact, check and the data format, on data folders with and without a running process. */
import {
  chmodSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { open as openLmdb, type RootDatabase } from "lmdb";
import { beforeEach, describe, expect, test } from "vitest";
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { encodeKey, indexPrefix } from "../src/codec/keys.ts";
import { newId } from "../src/codec/ids.ts";
import { Disk } from "../src/store/disk.ts";
import { prepareFormat } from "../src/store/format.ts";
import { backup, check, compact, openStore, restore } from "../src/store/index.ts";
import { kill, startChild } from "./childFixture.ts";
import { exitOf, spawnCommand } from "./fixtures/server/harness.ts";
import {
  collect,
  deploy,
  fullTable,
  openTestStore,
  temporaryDirectory,
  write,
} from "./storeFixture.ts";

const DOCUMENTS = 300;
let dir: string;
let dataFile: string;
beforeEach(() => {
  dir = temporaryDirectory();
  dataFile = join(dir, "store.mdb");
});

/** A folder with documents in two tables, one of them with an index. */
async function fill(padding = ""): Promise<void> {
  const store = await openTestStore(dir);
  await deploy(store, { users: defineTable({ name: v.string() }).index("by_name", ["name"]) });
  write(store, (tx) => {
    for (let n = 0; n < DOCUMENTS; n++) {
      tx.insert("", "users", { name: `n${n}` });
      tx.insert("", "notes", { padding });
    }
    tx.hostPut("env/A", "1");
  });
  await store.close();
}

async function names(folder: string): Promise<unknown[]> {
  const store = await openTestStore(folder);
  const all = collect(store.begin("query").stream("", fullTable("users"), false));
  await store.close();
  return all.map(({ name }) => name);
}

/** Changes rows behind the store's back. */
async function tamper(change: (database: RootDatabase<string, Buffer>) => void): Promise<void> {
  const database = openLmdb<string, Buffer>(dataFile, {
    keyEncoding: "binary",
    encoding: "string",
    noSubdir: true,
  });
  database.transactionSync(() => change(database));
  await database.close();
}

describe("backup and restore", () => {
  test("a backup under load holds every write acknowledged before it, and is sound", async () => {
    const acknowledged: string[] = [];
    const child = await startChild(dir, "write", (name) => acknowledged.push(name));
    await expect.poll(() => acknowledged.length, { timeout: 20_000 }).toBeGreaterThan(100);
    const before = [...acknowledged];
    const target = join(dir, "copy.mdb");
    const copied = await exitOf(spawnCommand("backup", target, "--data-dir", dir));
    expect(copied).toMatchObject({ code: 0, stdout: expect.stringContaining(target) });
    const checked = await exitOf(spawnCommand("check", "--data-dir", dir));
    expect(checked).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("while a server ran"),
    });
    expect(acknowledged.length).toBeGreaterThan(before.length);
    await kill(child);

    const other = temporaryDirectory();
    const restored = await exitOf(spawnCommand("restore", target, "--data-dir", other));
    expect(restored.code).toBe(0);
    expect((await check(other)).problems).toEqual([]);
    const store = await openTestStore(other);
    const left = collect(store.begin("query").stream("", fullTable("left"), false));
    const there = new Set(left.map(({ name }) => name));
    expect(before.filter((name) => !there.has(name))).toEqual([]);
  });

  test("a backup replaces nothing unless told to, and leaves no half file", async () => {
    await fill();
    const target = join(dir, "copy.mdb");
    writeFileSync(target, "precious");
    await expect(backup({ dir, target, overwrite: false })).rejects.toMatchObject({
      code: "EXISTS",
      message: expect.stringContaining("--overwrite"),
    });
    expect(statSync(target).size).toBe(8);
    const { bytes } = await backup({ dir, target, overwrite: true });
    expect(statSync(target)).toMatchObject({ size: bytes });
    expect(statSync(target).mode & 0o777).toBe(0o600);
    const { file } = await backup({ dir, target: dir, overwrite: false });
    expect(file).toMatch(/milepost-\d{4}-.*\.mdb$/);
    expect(readdirSync(dir).filter((name) => name.includes(".part"))).toEqual([]);
  });

  test("nobody else can read a copy that is being written", async () => {
    await fill();
    const modes: number[] = [];
    const onStart = (part: string) => modes.push(statSync(dirname(part)).mode & 0o777);
    const target = join(temporaryDirectory(), "copy.mdb");
    chmodSync(dirname(target), 0o755);
    chmodSync(dir, 0o755);
    await backup({ dir, target, overwrite: false, onStart });
    await compact(dir, onStart);
    expect(modes).toEqual([0o700, 0o700]);
  });

  test("a backup never replaces the data itself", async () => {
    await fill();
    symlinkSync(dir, join(dir, "link"));
    for (const target of [dataFile, join(dir, "link", "store.mdb")]) {
      await expect(backup({ dir, target, overwrite: true })).rejects.toMatchObject({
        code: "UNUSABLE",
        message: expect.stringContaining("the data itself"),
      });
    }
    expect(await names(dir)).toHaveLength(DOCUMENTS);
  });

  test("restore fills an empty folder and keeps its admin key, and touches no other", async () => {
    await fill();
    const target = join(temporaryDirectory(), "copy.mdb");
    await backup({ dir, target, overwrite: false });
    await expect(restore(target, dir)).rejects.toMatchObject({ code: "EXISTS" });
    const other = temporaryDirectory();
    writeFileSync(join(other, "admin-key"), "key");
    await restore(target, other);
    expect(await names(other)).toEqual(await names(dir));
    expect(existsSync(join(other, "admin-key"))).toBe(true);
  });

  test("restore refuses a folder in use and a backup that is cut off", async () => {
    await fill();
    const target = join(temporaryDirectory(), "copy.mdb");
    await backup({ dir, target, overwrite: false });
    const used = temporaryDirectory();
    const store = await openTestStore(used);
    await expect(restore(target, used)).rejects.toMatchObject({ code: "LOCKED" });
    await store.close();
    truncateSync(target, statSync(target).size - 4096);
    const other = temporaryDirectory();
    await expect(restore(target, other)).rejects.toMatchObject({ code: "DAMAGED" });
    expect(readdirSync(other)).toEqual([]);
  });
});

describe("compact", () => {
  test("gives the space of deleted rows back and keeps the others", async () => {
    await fill("x".repeat(5_000));
    const store = await openTestStore(dir);
    write(store, (tx) => {
      for (const { _id } of collect(tx.stream("", fullTable("notes"), false))) {
        if (typeof _id === "string") tx.remove("", _id);
      }
    });
    await expect(compact(dir)).rejects.toMatchObject({ code: "LOCKED" });
    await store.close();
    const { before, after } = await compact(dir);
    expect(after).toBeLessThan(before / 3);
    expect(statSync(dataFile).size).toBe(after);
    expect(await names(dir)).toHaveLength(DOCUMENTS);
    expect(await check(dir)).toMatchObject({ documents: DOCUMENTS, problemCount: 0 });
  });
});

describe("check", () => {
  test("counts what is there", async () => {
    await fill();
    expect(await check(dir)).toEqual({
      tables: 2,
      documents: 2 * DOCUMENTS,
      indexRows: 3 * DOCUMENTS,
      hostRows: 1,
      problemCount: 0,
      problems: [],
      wasRunning: false,
    });
  });

  type Damage = [name: string, problem: RegExp, change: Parameters<typeof tamper>[0]];
  const all = (database: RootDatabase<string, Buffer>) => [...database.getRange()];
  const documents = (database: RootDatabase<string, Buffer>) =>
    all(database).filter(({ value }) => value.includes('"name":"n'));
  const damages: Damage[] = [
    [
      "an index row that is missing",
      /^document \w+ of table users is missing from index by_name$/,
      (database) => {
        const row = all(database).find(({ key }) => key.includes("n17\0"));
        if (row !== undefined) database.removeSync(row.key);
      },
    ],
    [
      "a document that is missing",
      /^index by_name of table users has a row for document \w+, which does not exist$/,
      (database) => {
        const [row] = documents(database);
        if (row !== undefined) database.removeSync(row.key);
      },
    ],
    [
      "a document whose text is cut",
      /^document \w+ of table users does not decode$/,
      (database) => {
        const [row] = documents(database);
        if (row !== undefined) database.putSync(row.key, row.value.slice(0, -3));
      },
    ],
    [
      "a document with another value than its index rows",
      /^index by_name of table users has a row for document \w+, which has other values$/,
      (database) => {
        const [row] = documents(database);
        if (row !== undefined) {
          database.putSync(row.key, row.value.replace('"name":"n', '"name":"m'));
        }
      },
    ],
    [
      "a document that the schema refuses",
      /^document \w+ of table users does not match the schema: /,
      (database) => {
        const [row] = documents(database);
        if (row !== undefined) {
          database.putSync(row.key, row.value.replace('"name":', '"mane":'));
        }
      },
    ],
    [
      "an id whose checksum is wrong",
      /holds no id of that table$/,
      (database) => {
        const [row] = documents(database);
        if (row === undefined) return;
        const id = newId(10001);
        const wrong = `${id[0] === "a" ? "b" : "a"}${id.slice(1)}`;
        const prefix = row.key.subarray(0, 4);
        const value = row.value.replace(/"_id":"\w+"/, `"_id":"${wrong}"`);
        database.putSync(encodeKey(prefix, [wrong]), value);
      },
    ],
    [
      "a row of no index",
      /belongs to no index$/,
      (database) => database.putSync(encodeKey(indexPrefix(9999), ["x"]), ""),
    ],
    [
      "a row of the deployment that does not decode",
      /^the deployment's own row \w+ does not decode$/,
      (database) => database.putSync(Buffer.concat([indexPrefix(0), Buffer.from("env/B")]), "{"),
    ],
  ];
  test.each(damages)("W8 names %s", async (_name, problem, change) => {
    await fill();
    await tamper(change);
    const { problems, problemCount } = await check(dir);
    expect(problemCount).toBeGreaterThan(0);
    expect(problems.filter((text) => problem.test(text))).toHaveLength(1);
  });

  test("W7 names pages that are overwritten, and ends with exit code 1", async () => {
    await fill();
    const file = openSync(dataFile, "r+");
    const page = Math.floor(statSync(dataFile).size / 4096 / 2);
    writeSync(file, Buffer.alloc(4096), 0, 4096, page * 4096);
    const { code, stderr } = await exitOf(spawnCommand("check", "--data-dir", dir));
    expect([code, stderr]).toEqual([1, expect.stringContaining(`page ${page}`)]);
  });

  test("W7 ends at a page that leads back to itself", async () => {
    await fill("x".repeat(1_000));
    const bytes = readFileSync(dataFile);
    const pages = Array.from({ length: bytes.length / 4096 }, (_, page) => page);
    const branch = pages.filter((page) => (bytes.readUInt16LE(page * 4096 + 18) & 0x0f) === 1);
    for (const page of branch) {
      const first = page * 4096 + 24 + bytes.readUInt16LE(page * 4096 + 24);
      bytes.writeUInt32LE(page, first);
    }
    writeFileSync(dataFile, bytes);
    await expect(check(dir)).rejects.toMatchObject({
      code: "DAMAGED",
      message: expect.stringContaining("twice"),
    });
  });
});

describe("W6 a data file that cannot be opened is refused with a sentence, and left alone", () => {
  const cut = (bytes: number) => () => truncateSync(dataFile, bytes);
  const cases: Array<[name: string, words: string, damage: () => void]> = [
    ["cut in the middle", "cut off", () => truncateSync(dataFile, statSync(dataFile).size / 2)],
    [
      "without its last page",
      "cut off",
      () => truncateSync(dataFile, statSync(dataFile).size - 4096),
    ],
    ["cut in its first page", "first pages", cut(100)],
    ["cut to nothing", "empty", cut(0)],
    ["of something else", "first pages", () => writeFileSync(dataFile, "x".repeat(100_000))],
  ];
  test.each(cases)("%s", async (_name, words, damage) => {
    await fill("x".repeat(5_000));
    writeFileSync(join(dir, "admin-key"), "key");
    damage();
    const { size } = statSync(dataFile);
    await expect(openStore({ dir })).rejects.toMatchObject({
      code: "DAMAGED",
      message: expect.stringContaining(words),
    });
    expect(statSync(dataFile).size).toBe(size);
    await expect(check(dir)).rejects.toMatchObject({ code: "DAMAGED" });
  });

  test("W18 a first start that was interrupted goes on", async () => {
    writeFileSync(dataFile, "");
    await (await openTestStore(dir)).close();
    expect((await check(dir)).problemCount).toBe(0);
  });
});

describe("the data format", () => {
  const format = encodeFormat();

  test("rows of an older one are led to the newest, step by step and once", async () => {
    await fill();
    const disk = Disk.open(dataFile, false);
    const steps: number[] = [];
    const key = encodeKey(indexPrefix(9), ["moved"]);
    const migrations = [2, 3].map(
      (version) => (_: Disk, put: (row: { key: Buffer; value: string }) => void) => {
        steps.push(version);
        put({ key, value: `by ${version}` });
      },
    );
    prepareFormat(disk, dataFile, migrations);
    prepareFormat(disk, dataFile, migrations);
    expect([steps, disk.get(key), disk.get(format)]).toEqual([[2, 3], "by 3", "3"]);
    expect(() => prepareFormat(disk, dataFile, [])).toThrow("written by a newer version (format 3");
    await disk.close();
  });

  test("a step that fails leaves the format before it", async () => {
    await fill();
    const disk = Disk.open(dataFile, false);
    const fail = () => {
      throw new Error("cannot");
    };
    expect(() => prepareFormat(disk, dataFile, [fail])).toThrow("cannot");
    expect(disk.get(format)).toBe("1");
    await disk.close();
  });

  test("a file without one is no data file", async () => {
    await fill();
    await tamper((database) => database.removeSync(format));
    await expect(openStore({ dir })).rejects.toMatchObject({ code: "DAMAGED" });
  });
});

function encodeFormat(): Buffer {
  return Buffer.concat([indexPrefix(1), Buffer.from("format")]);
}
