/** Results nobody watches: what is kept, and what has to go. */
import { expect, test } from "vitest";
import { IdleResults } from "../src/server/sync/idleResults.ts";
import { QueryEntry } from "../src/server/sync/queryEntry.ts";
import { emptyReadSet } from "../src/store/readSet.ts";
import type { Outcome } from "../src/types.ts";

/** The result `text` of a query that read so many documents and ranges. */
function result(path: string, text: string, { documents = 0, ranges = 0 } = {}): QueryEntry {
  const call = { component: "", path, args: {}, identity: null, access: "public" } as const;
  const entry = new QueryEntry(call, true);
  const readSet = emptyReadSet();
  for (let i = 0; i < documents; i++) readSet.documentIds.add(`document ${i}`);
  const range = { lo: Buffer.of(0), hi: Buffer.of(1) };
  readSet.ranges.set(
    16,
    Array.from({ length: ranges }, () => range),
  );
  const outcome: Outcome = { success: true, value: text, logLines: [] };
  const traits = { journal: null, readIdentity: false, timeDependent: false };
  entry.accept({ outcome, readSet, ...traits }, { ts: 0n, later: [] });
  return entry;
}

test("the least recently used results go when the text is too much", () => {
  const idle = new IdleResults(10_000);
  const [a, b, c] = ["a", "b", "c"].map((path) => result(path, "x".repeat(4000)));
  expect(idle.add(a!)).toEqual([]);
  expect(idle.add(b!)).toEqual([]);
  expect(idle.add(a!)).toEqual([]);
  expect(idle.add(c!)).toEqual([b]);
  expect([a, b, c].map((entry) => idle.has(entry!))).toEqual([true, false, true]);
});

test.each([{ documents: 1000 }, { ranges: 1000 }])(
  "a short result that depends on much counts for much: %o",
  (read) => {
    const idle = new IdleResults(1_000_000);
    const entries = ["a", "b", "c"].map((path) => result(path, "short", read));
    expect(entries.map((entry) => idle.add(entry).length)).toEqual([0, 0, 1]);
  },
);
