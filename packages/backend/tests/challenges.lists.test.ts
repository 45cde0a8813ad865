import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api } from "../_generated/api";
import { asNewPerson, newChallenge, setup } from "./backend.setup";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-06-10T12:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

type Page = { page: { name: string }[]; continueCursor: string; isDone: boolean };

describe("lists of challenges", () => {
  test("show public ones to everybody, newest first, page by page", async () => {
    const t = setup();
    const { as } = await asNewPerson(t, "Ada");
    for (const name of ["One", "Two", "Three"]) await newChallenge(as, { name });
    await newChallenge(as, { name: "Hidden", visibility: "private" });
    const names = [];
    let cursor: string | null = null;
    for (let isDone = false; !isDone;) {
      const page: Page = await t.query(api.queries.challenges.list, {
        paginationOpts: { numItems: 2, cursor },
      });
      names.push(...page.page.map(({ name }) => name));
      cursor = page.continueCursor;
      isDone = page.isDone;
    }
    expect(names).toEqual(["Three", "Two", "One"]);
  });

  test("show a person the ones they take part in, last joined first", async () => {
    const t = setup();
    const admin = await asNewPerson(t, "Admin");
    const ada = await asNewPerson(t, "Ada");
    for (const name of ["One", "Two", "Three"]) {
      const { challengeId } = await newChallenge(admin.as, { name });
      await ada.as.mutation(api.mutations.challenges.join, { challengeId });
      if (name === "Two") await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    }
    const mine = await ada.as.query(api.queries.challenges.mine, {});
    expect(mine.map(({ name, role, status }) => ({ name, role, status }))).toEqual([
      { name: "Three", role: "participant", status: "active" },
      { name: "One", role: "participant", status: "active" },
    ]);
  });
});
