import { expect, test } from "vitest";
import { allRows } from "./allRows";

test("pages are asked one after the other, and the rows counted", async () => {
  const pages = [["a", "b"], [], ["c"]];
  const asked: Array<number | null> = [];
  const counts: number[] = [];
  const rows = await allRows<string, number>(
    async (cursor) => {
      asked.push(cursor);
      const at = cursor ?? 0;
      return { page: pages[at] ?? [], isDone: at === 2, continueCursor: at + 1 };
    },
    (count) => counts.push(count),
  );
  expect(rows).toEqual(["a", "b", "c"]);
  expect(asked).toEqual([null, 1, 2]);
  expect(counts).toEqual([2, 2, 3]);
});
