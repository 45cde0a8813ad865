import { expect, test } from "vitest";
import { heldWords, type Held } from "./heldWords";

const TWIN: NonNullable<Held["twin"]> = {
  activityId: "a1" as NonNullable<Held["twin"]>["activityId"],
  typeName: "Run",
  source: "manual",
  loggedDate: "2026-06-10",
  metrics: {},
  title: undefined,
  pointsEarned: 47,
  isDeleted: false,
};
const HELD = { twin: TWIN, displayName: "Ada" };

test("leaving a row out moves nothing", () => {
  expect(heldWords("discard", HELD)).toBe("No points move: the total of Ada stays as it is.");
});

test("counting it says what becomes of the points that are there", () => {
  expect(heldWords("replace", HELD)).toMatch(/^The 47 points of the one already there go\./);
  expect(heldWords("keepBoth", HELD)).toMatch(/^The 47 points of the one already there stay\./);
});

test.each([{ ...TWIN, isDeleted: true }, { ...TWIN, source: "strava" as const }, null])(
  "says no figures where the other does not count, or they are a secret",
  (twin) => {
    expect(heldWords("replace", { ...HELD, twin })).not.toMatch(/\d/);
    expect(heldWords("keepBoth", { ...HELD, twin })).not.toMatch(/\d/);
  },
);
