import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { checkPaging, type Paging } from "../lib/rules/pages";
import { refusalFrom } from "./backend.setup";
import { log, newScene, standAtNoon, YESTERDAY } from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { history } = api.queries.activities;
const { list } = api.queries.challenges;

describe("a page of a list", () => {
  test.each([-1, 0, 1.5, Number.NaN, Infinity, 101, 1e9])(
    "of %d rows is refused by every list",
    async (numItems) => {
      const { t, challengeId, ada } = await newScene();
      const paginationOpts = { numItems, cursor: null };
      const refused = {
        code: "INVALID_INPUT",
        path: "paginationOpts.numItems",
        problem: "must be a whole number from 1 to 100",
      };
      const ofAda = ada.as.query(history, { challengeId, paginationOpts });
      expect(await refusalFrom(ofAda)).toEqual(refused);
      expect(await refusalFrom(t.query(list, { paginationOpts }))).toEqual(refused);
    },
  );

  test("may end where it ended before, with what came between: live pages stay adjacent", async () => {
    const scene = await newScene();
    const { challengeId, ada } = scene;
    const historyOf = async (paginationOpts: Paging) =>
      await ada.as.query(history, { challengeId, paginationOpts });
    await log(scene, ada, { loggedDate: "2026-06-07", type: "rest" });
    await log(scene, ada, { loggedDate: YESTERDAY, type: "rest" });
    await log(scene, ada, { type: "rest" });
    const first = await historyOf({ numItems: 2, cursor: null });
    expect(first.page).toHaveLength(2);
    await log(scene, ada, { loggedDate: YESTERDAY, type: "rest" });
    const endCursor = first.continueCursor;
    const again = await historyOf({ numItems: 2, cursor: null, endCursor });
    expect(again.page).toHaveLength(3);
    expect(again.continueCursor).toBe(endCursor);
  });

  test("reads a bounded number of rows, whatever limits were sent", () => {
    const sent = { numItems: 20, cursor: "a", endCursor: "b", maximumRowsRead: 1e9 };
    const value = { numItems: 20, cursor: "a", endCursor: "b", maximumRowsRead: 500 };
    expect(checkPaging(sent, 100)).toEqual({ ok: true, value });
  });
});
