import { expect, test } from "vitest";
import type { Challenge } from "../../challenges/challengeContext";
import { wholeBetween } from "../../../lib/decimals";
import { changeOf, settingsOf } from "./settingsForm";

const challenge: Challenge = {
  challengeId: "c" as Challenge["challengeId"],
  name: "Spring",
  description: "",
  startsOn: "2026-03-01",
  endsOn: "2026-03-31",
  timezone: "UTC",
  visibility: "private",
  streakMinPoints: 10,
  streakBonus: "running",
  streakBonusDailyCap: 30,
  backdateDays: 7,
  graceHours: 48,
  finalDaysFrom: 30,
  isFinal: false,
  viewer: null,
  announcement: undefined,
  viewKey: undefined,
  joinCode: undefined,
};

const opened = settingsOf(challenge);

test("nothing is sent that did not change", () => {
  expect(changeOf(opened, opened)).toEqual({});
  expect(changeOf(opened, { ...opened, name: " Spring ", graceHours: " 48" })).toEqual({});
});

test("what changed is sent as the deployment takes it", () => {
  const values = { ...opened, graceHours: " 24 ", hasStreakBonus: false };
  expect(changeOf(opened, values)).toEqual({ graceHours: 24, streakBonus: "none" });
});

test("a whole number within its bounds", () => {
  const { validate } = wholeBetween(1, 30);
  expect(validate("30")).toBe(true);
  for (const text of ["0", "31", "1.5", "", "ten"]) expect(validate(text), text).not.toBe(true);
});
