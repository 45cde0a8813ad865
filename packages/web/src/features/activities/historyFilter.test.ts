import { expect, test } from "vitest";
import {
  EMPTY_WORDS,
  readHistorySearch,
  showsHeld,
  STATUSES,
  STATUS_LABELS,
} from "./historyFilter";

test("what the address says is kept as far as it makes sense", () => {
  const search = { person: "p1", view: "ledger", status: "deleted", type: "t1" };
  expect(readHistorySearch(search)).toEqual(search);
  expect(readHistorySearch({ person: 1, view: "x", status: "x", type: null })).toEqual({});
});

test("every choice has a name, and words for an empty list", () => {
  for (const status of STATUSES) {
    expect(STATUS_LABELS[status]).not.toBe("");
    expect(EMPTY_WORDS[status].text).toMatch(/\.$/);
  }
});

test("held imports stand where they are looked for", () => {
  expect([undefined, ...STATUSES].filter(showsHeld)).toEqual([
    undefined,
    "attention",
    "notCounted",
  ]);
});
