import { describe, expect, test } from "vitest";
import { planDemo, plannedDay } from "../lib/demo-plan.mjs";

const today = "2026-03-14";
const plan = planDemo(today);

describe("the demo's plan", () => {
  test("is the same for the same day", () => {
    expect(planDemo(today)).toEqual(plan);
    expect(planDemo("2026-03-15")).not.toEqual(plan);
  });

  test("is a challenge of six weeks around the day, which can be told from its start", () => {
    const { startsOn, endsOn } = plan.challenge;
    expect([startsOn, endsOn]).toEqual(["2026-02-14", "2026-03-27"]);
    expect(plannedDay(startsOn)).toBe(today);
  });

  test("has forty people with addresses of their own", () => {
    expect(plan.people).toHaveLength(40);
    expect(new Set(plan.people.map(({ email }) => email)).size).toBe(40);
    for (const { email } of plan.people) expect(email).toMatch(/^[a-z]+(\.[a-z]+)*@demo\.invalid$/);
  });

  test("keeps every activity inside the challenge and out of the future", () => {
    const activities = plan.people.flatMap(({ imported, logged }) => [...imported, ...logged]);
    expect(activities.length).toBeGreaterThan(500);
    for (const { day, startedAt } of activities) {
      expect(day >= plan.challenge.startsOn && day <= today).toBe(true);
      expect(new Date(startedAt).toISOString().slice(0, 10)).toBe(day);
    }
  });

  test("lets nobody log so much by hand that the rate limit would stop them", () => {
    expect(Math.max(...plan.people.map(({ logged }) => logged.length))).toBeLessThanOrEqual(10);
  });

  test("gives people who train together the same activities, so that they tie", () => {
    const [yasmin, ritika] = ["Yasmin Daneshvar", "Ritika Chowdhary"].map((name) =>
      plan.people.find(({ displayName }) => displayName === name),
    );
    expect(ritika?.imported).toEqual(yasmin?.imported);
    expect(ritika?.logged).toEqual(yasmin?.logged);
  });
});
