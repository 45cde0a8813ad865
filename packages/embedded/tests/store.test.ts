import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { defineTable } from "convex/server";
import { v } from "convex/values";
import { open as openLmdb } from "lmdb";
import { expect, test } from "vitest";
import { encodeKey, indexPrefix } from "../src/codec/keys.ts";
import { Disk } from "../src/store/disk.ts";
import { openStore } from "../src/store/index.ts";
import { Committed } from "../src/store/memtable.ts";
import { bundledChild, kill, spawnLimited, startChild } from "./childFixture.ts";
import { exitOf } from "./fixtures/server/harness.ts";
import {
  byIndex,
  collect,
  deploy,
  fullTable,
  openTestStore,
  temporaryDirectory,
  write,
} from "./storeFixture.ts";

test("documents, host rows and new tables are there after closing and opening again", async () => {
  const dir = temporaryDirectory();
  const store = await openTestStore(dir);
  const { result: id } = write(store, (tx) => {
    tx.hostPut("push", { modules: ["ä"] });
    tx.hostPut("env/A", "1");
    return tx.insert("", "users", { name: "Ann" });
  });
  const { commit } = write(store, (tx) => {
    tx.patch("", id, { name: "Anna", age: 3 });
    tx.hostDelete("env/A");
    tx.hostPut("env/B", "2");
  });
  await store.close();

  const again = await openTestStore(dir);
  expect(again.ts).toBe(commit.ts);
  const tx = again.begin("query");
  expect(collect(tx.stream("", fullTable("users"), false))).toMatchObject([
    { _id: id, name: "Anna", age: 3 },
  ]);
  expect(tx.hostGet("push")).toEqual({ modules: ["ä"] });
  expect(tx.hostRange("env/")).toEqual([["env/B", "2"]]);
  expect(again.tables("")).toEqual(["users"]);
  // Numbers go on where they were: a new table does not reuse those of an old one.
  const { result: other } = write(again, (writing) => writing.insert("", "posts", {}));
  expect(again.begin("query").tableOfId("", other)).toBe("posts");
  expect(again.begin("query").tableOfId("", id)).toBe("users");
});

test("commits are visible at once, and durable in order", async () => {
  const store = await openTestStore(undefined, { sync: true });
  const settled: bigint[] = [];
  const commits = Array.from({ length: 20 }, (_, n) => {
    const { commit } = write(store, (tx) => tx.insert("", "numbers", { n }));
    expect(store.begin("query").count("", "numbers")).toBe(n + 1);
    void commit.durable.then(() => settled.push(commit.ts));
    return commit;
  });
  expect(commits.every((commit, i) => i === 0 || commit.ts > commits[i - 1]!.ts)).toBe(true);
  await store.durable(store.ts);
  expect(settled).toEqual(commits.map((commit) => commit.ts));
  const numbers = collect(store.begin("query").stream("", fullTable("numbers"), false));
  expect(numbers.map((document) => document["n"])).toEqual(commits.map((_, n) => n));
});

test("rows that reach the disk leave memory, later ones of the same key stay", async () => {
  const disk = Disk.open(join(temporaryDirectory(), "rows.mdb"), false);
  const committed = new Committed(disk);
  const key = (n: number) => encodeKey(indexPrefix(16), [n]);
  committed.add(
    [
      { key: key(1), value: "old" },
      { key: key(2), value: "old" },
    ],
    1n,
  );
  committed.add(
    [
      { key: key(2), value: "new" },
      { key: key(3), value: null },
    ],
    2n,
  );
  committed.settle(1n);
  expect(committed.settled).toBe(false);
  expect([1, 2, 3].map((n) => committed.get(key(n)))).toEqual([null, "new", null]);
  committed.settle(2n);
  expect(committed.settled).toBe(true);
  expect(committed.get(key(2))).toBe(null);
  await disk.close();
});

test("a scan that spans the moment rows reach the disk loses none", async () => {
  const store = await openTestStore();
  write(store, (tx) => {
    for (let n = 0; n < 100; n++) tx.insert("", "numbers", { n });
  });
  const stream = store.begin("query").stream("", fullTable("numbers"), false);
  const first = [stream.next(), stream.next()];
  await store.durable(store.ts);
  expect(first.length + collect(stream).length).toBe(100);
});

test("a commit of nothing has the newest timestamp and calls no listener", async () => {
  const store = await openTestStore();
  const { commit } = write(store, (tx) => tx.insert("", "users", {}));
  const seen: bigint[] = [];
  const stop = store.onCommit((next) => seen.push(next.ts));
  expect(store.commit(store.begin("mutation")).ts).toBe(commit.ts);
  const reading = store.begin("query");
  expect(store.commit(reading).ts).toBe(commit.ts);
  expect(seen).toEqual([]);
  const everything = store.commit(store.begin("mutation"), true);
  expect(everything.everything).toBe(true);
  expect(seen).toEqual([everything.ts]);
  stop();
  write(store, (tx) => tx.insert("", "users", {}));
  expect(seen).toHaveLength(1);
});

test("the folder and its files are for the owner only", async () => {
  const dir = join(temporaryDirectory(), "data");
  await openTestStore(dir);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  expect(statSync(join(dir, "store.mdb")).mode & 0o777).toBe(0o600);
});

test("a folder of a newer version is refused and left alone", async () => {
  const dir = temporaryDirectory();
  await (await openTestStore(dir)).close();
  const database = openLmdb<string, Buffer>({
    path: join(dir, "store.mdb"),
    noSubdir: true,
    keyEncoding: "binary",
    encoding: "string",
  });
  await database.put(Buffer.from("\0\0\0\x01format"), "2");
  await database.close();
  const before = readFileSync(join(dir, "store.mdb"));
  await expect(openStore({ dir })).rejects.toMatchObject({ code: "NEWER_FORMAT" });
  expect(readFileSync(join(dir, "store.mdb")).equals(before)).toBe(true);
});

test("a closed store refuses to go on", async () => {
  const store = await openTestStore();
  const tx = store.begin("mutation");
  tx.insert("", "users", {});
  await store.close();
  expect(() => store.begin("query")).toThrow(expect.objectContaining({ code: "CLOSED" }));
  expect(() => store.commit(tx)).toThrow(expect.objectContaining({ code: "CLOSED" }));
});

test("keys too long for the disk keep their order and their bounds", async () => {
  const dir = temporaryDirectory();
  const store = await openTestStore(dir);
  await deploy(store, { texts: defineTable({ text: v.string() }).index("by_text", ["text"]) });
  const same = "x".repeat(3000);
  const texts = [
    "a",
    same,
    `${same}a`,
    `${same}b`,
    `${same}c`,
    "x".repeat(1890),
    `${"x".repeat(2999)}y`,
    "y",
  ];
  texts.push(...Array.from({ length: 40 }, (_, i) => `${same}d${String(i).padStart(2, "0")}`));
  write(store, (tx) => {
    for (const text of [...texts].reverse()) tx.insert("", "texts", { text });
  });
  const sorted = [...texts].sort();
  const check = () => {
    const tx = store.begin("query");
    const read = (range: Parameters<typeof byIndex>[1], order: "asc" | "desc") =>
      collect(tx.stream("", byIndex("texts.by_text", range, order), false)).map(
        (document) => document["text"],
      );
    expect(read([], "asc")).toEqual(sorted);
    expect(read([], "desc")).toEqual([...sorted].reverse());
    for (const bound of [`${same}b`, `${same}d20`, same, "x".repeat(2500)]) {
      for (const order of ["asc", "desc"] as const) {
        const inOrder = (list: string[]) => (order === "asc" ? list : [...list].reverse());
        expect(read([["Gt", "text", bound]], order)).toEqual(
          inOrder(sorted.filter((t) => t > bound)),
        );
        expect(read([["Gte", "text", bound]], order)).toEqual(
          inOrder(sorted.filter((t) => t >= bound)),
        );
        expect(read([["Lt", "text", bound]], order)).toEqual(
          inOrder(sorted.filter((t) => t < bound)),
        );
        expect(read([["Eq", "text", bound]], order)).toEqual(sorted.filter((t) => t === bound));
      }
    }
  };
  check();
  await store.durable(store.ts);
  check();
});

test("W12 a second process on the same folder is refused until the first one is killed", async () => {
  const dir = temporaryDirectory();
  const holder = await startChild(dir, "hold");
  await expect(openStore({ dir })).rejects.toMatchObject({
    code: "LOCKED",
    message: expect.stringContaining(dir),
  });
  await kill(holder);
  const store = await openTestStore(dir);
  await expect(openStore({ dir })).rejects.toMatchObject({ code: "LOCKED" });
  await store.close();
  await (await openTestStore(dir)).close();
});

test("W14 after kill -9 under load every acknowledged write is there, and no half of one", async () => {
  const dir = temporaryDirectory();
  const acknowledged = new Set<string>();
  for (let round = 0; round < 3; round++) {
    const before = acknowledged.size;
    const child = await startChild(dir, `write${round}`, (line) => acknowledged.add(line));
    while (acknowledged.size < before + 150) await new Promise((resolve) => setTimeout(resolve, 5));
    await kill(child);
  }
  const store = await openTestStore(dir);
  const tx = store.begin("query");
  const pairs = new Map<unknown, number>();
  for (const document of collect(tx.stream("", fullTable("left"), false))) {
    pairs.set(document["name"], 1);
  }
  for (const document of collect(tx.stream("", fullTable("right"), false))) {
    pairs.set(document["name"], (pairs.get(document["name"]) ?? 0) + 2);
  }
  expect([...acknowledged].filter((name) => !pairs.has(name))).toEqual([]);
  expect([...pairs.values()].every((halves) => halves === 3)).toBe(true);
  expect(tx.count("", "left")).toBe(pairs.size);
});

test("W1 a commit that cannot be written stops the process with one line", async () => {
  const dir = temporaryDirectory();
  // The file may not grow beyond 64 blocks of 1 KiB, which the first commits need.
  const child = spawnLimited("-f 64", await bundledChild(), dir, "full");
  const { code, stderr } = await exitOf(child);
  expect(code).toBe(1);
  expect(stderr.trimEnd().split("\n").at(-1)).toMatch(
    /^Cannot write to the data folder .*: (?!Commit failed).*Stopping\.$/,
  );
});
