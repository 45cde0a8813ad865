/** Schemas change while functions go on: slices, commits in between, what is left of a change that does not come. */
import fc from "fast-check";
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { afterEach, expect, test, vi } from "vitest";
import { Disk } from "../src/store/disk.ts";
import { check, type LmdbStore } from "../src/store/index.ts";
import type { SchemaJson } from "../src/types.ts";
import { schemaJson } from "./schemaJson.ts";
import {
  byIndex,
  collect,
  openTestStore,
  rowsOnDisk,
  temporaryDirectory,
  write,
} from "./storeFixture.ts";

const people = (age = v.union(v.number(), v.string())) => defineTable({ name: v.string(), age });
const of = (table: ReturnType<typeof people>) =>
  new Map<string, SchemaJson>([["", schemaJson(defineSchema({ people: table }))]]);
const indexed = () => of(people().index("by_age", ["age"]).index("by_name", ["name", "age"]));

function fill(store: LmdbStore, count: number): string[] {
  return write(store, (tx) =>
    Array.from({ length: count }, (_, n) =>
      tx.insert("", "people", { name: `n${n % 5}`, age: n % 11 }),
    ),
  ).result;
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("others get their turn while an index over many documents is built", async () => {
  const store = await openTestStore();
  fill(store, 5_000);
  let isPrepared = false;
  const prepared = store.prepareSchemas(indexed()).then(() => (isPrepared = true));
  let turns = 0;
  for (; !isPrepared; turns++) {
    const tx = store.begin("query");
    expect(() => tx.stream("", byIndex("people.by_age", []), false)).toThrow(/not found/);
    await turn();
  }
  await prepared;
  expect(turns).toBeGreaterThan(3);
  expect(store.preparationProgress()).toEqual(
    new Map([["", { indexesTotal: 2, indexesComplete: 2, schemaValidationComplete: true }]]),
  );
  const lines: string[] = [];
  await store.applySchemas(indexed(), [], (line) => lines.push(line));
  // Everything was there already.
  expect(lines).toEqual([]);
  const ages = collect(store.begin("query").stream("", byIndex("people.by_age", []), false));
  expect(ages).toHaveLength(5_000);
});

const edit = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), age: fc.nat({ max: 9 }) }),
  fc.record({ kind: fc.constantFrom("patch", "remove"), at: fc.nat(), age: fc.nat({ max: 9 }) }),
  fc.record({ kind: fc.constant("wait" as const) }),
);

test("an index that is built during any writes holds every document, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(edit, { maxLength: 40 }), fc.nat({ max: 3 }), async (edits, late) => {
      const dir = temporaryDirectory();
      const store = await openTestStore(dir);
      const ids = fill(store, 1200);
      const prepared = store.prepareSchemas(indexed());
      for (const { kind, ...given } of edits) {
        const { at = 0, age = 0 } = given as { at?: number; age?: number };
        const id = ids[at % ids.length]!;
        if (kind === "wait") await turn();
        else if (kind === "insert") {
          ids.push(write(store, (tx) => tx.insert("", "people", { name: "new", age })).result);
        } else {
          write(store, (tx) => {
            if (kind === "patch") tx.patch("", id, { age: `${age}` });
            else tx.remove("", id);
          });
          if (kind === "remove") ids.splice(ids.indexOf(id), 1);
        }
      }
      // Sometimes the change is applied before it is ready.
      if (late > 0) await prepared;
      await store.applySchemas(indexed(), []);
      const found = collect(store.begin("query").stream("", byIndex("people.by_age", []), false));
      expect(found).toHaveLength(ids.length);
      expect(new Set(found.map(({ _id }) => _id))).toEqual(new Set(ids));
      await store.close();
      expect((await check(dir)).problems).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test("a document that stops fitting while the others are looked at refuses the change", async () => {
  const store = await openTestStore();
  await store.applySchemas(of(people()), []);
  const [id] = fill(store, 2000) as [string];
  const narrow = of(people(v.number() as never));
  expect(await store.prepareSchemas(narrow)).toBe(null);
  write(store, (tx) => tx.patch("", id, { age: "old" }));
  await expect(store.applySchemas(narrow, [])).rejects.toThrow(
    `Document with ID "${id}" in table "people" does not match the schema`,
  );
  // Asked again, it looks again.
  expect(await store.prepareSchemas(of(people(v.string() as never)))).not.toBe(null);
  write(store, (tx) => tx.patch("", id, { age: 1 }));
  expect(await store.prepareSchemas(narrow)).toBe(null);
  await store.applySchemas(narrow, []);
});

test("a change that is ready and nobody applies is given up after ten minutes", async () => {
  const store = await openTestStore();
  fill(store, 10);
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  expect(await store.prepareSchemas(indexed())).toBe(null);
  vi.advanceTimersByTime(10 * 60_000 - 1);
  expect(store.preparationProgress().size).toBe(1);
  vi.advanceTimersByTime(1);
  expect(store.preparationProgress().size).toBe(0);
});

test("a look at the documents stops nothing, and what was stopped answers so", async () => {
  const store = await openTestStore();
  fill(store, 3000);
  const prepared = store.prepareSchemas(indexed());
  const checks = [
    store.checkSchemas(of(people(v.string() as never))),
    store.checkSchemas(indexed()),
  ];
  const [misfit, fits] = await Promise.all(checks.map(({ result }) => result));
  expect([misfit, fits]).toEqual([expect.objectContaining({ table: "people" }), null]);
  expect(await prepared).toBe(null);
  const half = [store.prepareSchemas(of(people())), store.checkSchemas(indexed()).result];
  await turn();
  await store.applySchemas(indexed(), []);
  expect(await Promise.all(half)).toEqual(["stopped", "stopped"]);
});

/** Two rows a document, three of the store: what there is without an index. */
const rowsOf = (documents: number) => 2 * documents + 3;

test("rows of an index that nobody has, or has any more, go while the store is open", async () => {
  const dir = temporaryDirectory();
  const store = await openTestStore(dir);
  fill(store, 3000);
  await store.prepareSchemas(indexed());
  expect(await rowsOnDisk(dir)).toBeGreaterThan(rowsOf(3000));
  await store.prepareSchemas(of(people()));
  await expect.poll(() => rowsOnDisk(dir)).toBe(rowsOf(3000));
  await store.applySchemas(indexed(), []);
  await store.applySchemas(of(people()), []);
  await expect.poll(() => rowsOnDisk(dir)).toBe(rowsOf(3000));
  await store.close();
  expect(await rowsOnDisk(dir)).toBe(rowsOf(3000));
});

test("commits on their way bring nothing to an index whose change another one has ended", async () => {
  const dir = temporaryDirectory();
  const store = await openTestStore(dir);
  fill(store, 100);
  await store.prepareSchemas(indexed());
  let release = (): void => {};
  const isReleased = new Promise<void>((resolve) => (release = resolve));
  vi.spyOn(Disk.prototype, "write").mockImplementationOnce(async function (this: Disk, rows) {
    await isReleased;
    await this.write(rows);
  });
  fill(store, 100);
  await store.prepareSchemas(of(people()));
  for (let turns = 0; turns < 10; turns++) await turn();
  release();
  await store.durable(store.ts);
  await expect.poll(() => rowsOnDisk(dir)).toBe(rowsOf(200));
  await store.close();
  expect((await check(dir)).problems).toEqual([]);
});

test("a change that the disk refuses lists no index that is in use: the next start keeps it", async () => {
  const dir = temporaryDirectory();
  const store = await openTestStore(dir);
  await store.applySchemas(indexed(), []);
  fill(store, 100);
  const tooMuch = {
    get push(): string {
      throw new Error("no space left");
    },
  };
  const removing = store.applySchemas(of(people()), [["push", tooMuch]]);
  await expect(removing).rejects.toThrow("nothing changed: no space left");
  const more = people().index("by_age", ["age"]).index("by_name", ["name", "age"]);
  await store.prepareSchemas(of(more.index("by_both", ["age", "name"])));
  await store.close();
  const again = await openTestStore(dir);
  await again.close();
  expect(await check(dir)).toMatchObject({ documents: 100, problems: [] });
});

test.each([
  ["a stop", null],
  ["a stop half way", "stopped"],
])("nothing is left of a change that %s has ended", async (what, answer) => {
  const dir = temporaryDirectory();
  const store = await openTestStore(dir);
  fill(store, 3000);
  const prepared = store.prepareSchemas(indexed());
  if (what === "a stop half way") await turn();
  else await prepared;
  await store.close();
  expect(await prepared).toBe(answer);
  const again = await openTestStore(dir);
  expect(again.preparationProgress()).toEqual(new Map());
  await again.close();
  expect(await rowsOnDisk(dir)).toBe(rowsOf(3000));
});

test("an index that a deploy brings while it removes another is whole after the next start", async () => {
  const dir = temporaryDirectory();
  const before = of(people().index("by_name", ["name"]));
  const after = of(people().index("by_age", ["age"]));
  const store = await openTestStore(dir);
  await store.applySchemas(before, []);
  fill(store, 2_000);
  expect(await store.prepareSchemas(after)).toBe(null);
  await store.applySchemas(after, []);
  // Before the removed rows are all gone: what is listed is cleared at the next start.
  await store.close();
  const again = await openTestStore(dir);
  const ages = collect(again.begin("query").stream("", byIndex("people.by_age", []), false));
  expect(ages).toHaveLength(2_000);
  await again.close();
  expect((await check(dir)).problems).toEqual([]);
});
