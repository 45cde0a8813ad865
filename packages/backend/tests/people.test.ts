import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import {
  asNewPerson,
  refusalFrom,
  refusedUnchanged,
  setup,
  type TestBackend,
} from "./backend.setup";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-06-10T12:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("an admin's look-ups", () => {
  const find = (t: TestBackend, by: { email?: string; userId?: string; displayName?: string }) =>
    t.query(internal.queries.admin.findPerson, by);

  test("find a person by e-mail, id or name", async () => {
    const t = setup();
    const { userId } = await asNewPerson(t, "Ada", { email: "Ada@example.org" });
    const person = { userId, displayName: "Ada" };
    expect(await find(t, { email: "ada@example.org" })).toEqual(person);
    expect(await find(t, { userId })).toEqual(person);
    expect(await find(t, { displayName: "Ada" })).toEqual(person);
    expect(await find(t, { displayName: "Eve" })).toBeNull();
    expect(await find(t, { userId: "nonsense" })).toBeNull();
  });

  test("refuse an ambiguous name, and none or several arguments", async () => {
    const t = setup();
    await asNewPerson(t, "Ada");
    await asNewPerson(t, "Ada");
    for (const by of [{ displayName: "Ada" }, {}, { displayName: "Ada", userId: "x" }]) {
      expect(await refusalFrom(find(t, by))).toMatchObject({ code: "INVALID_INPUT" });
    }
  });

  test("refuse a second person with the same e-mail", async () => {
    const t = setup();
    await asNewPerson(t, "Ada", { email: "ada@example.org" });
    await refusedUnchanged(t, "INVALID_INPUT", () =>
      asNewPerson(t, "Eve", { email: "ADA@example.org" }),
    );
  });
});

describe("changing one's own person", () => {
  test("keeps what is left out", async () => {
    const t = setup();
    const { as, userId } = await asNewPerson(t, "Ada", { timezone: "Europe/Paris" });
    await as.mutation(api.mutations.viewer.update, { displayName: "Countess" });
    const expected = { userId, displayName: "Countess", isPlatformAdmin: false, isDemo: false };
    expect(await as.query(api.queries.viewer.get, {})).toEqual({
      ...expected,
      timezone: "Europe/Paris",
    });
    expect(await t.query(api.queries.viewer.get, {})).toBeNull();
  });

  test("is refused RATE_LIMITED the 31st time in a minute", async () => {
    const t = setup();
    const { as } = await asNewPerson(t, "Ada");
    const update = () => as.mutation(api.mutations.viewer.update, { timezone: "utc" });
    for (let count = 0; count < 30; count += 1) await update();
    expect(await as.query(api.queries.viewer.get, {})).toMatchObject({ timezone: "UTC" });
    const refusal = await refusedUnchanged(t, "RATE_LIMITED", update);
    expect(refusal).toEqual({ code: "RATE_LIMITED", retryAfterMs: 2_000 });
  });

  test.each([
    ["displayName", { displayName: "\u200B" }],
    ["displayName", { displayName: "\u2066evil\u2069" }],
    ["timezone", { timezone: "" }],
  ])("refuses a bad %s: %j", async (path, change) => {
    const t = setup();
    const { as } = await asNewPerson(t, "Ada");
    const refusal = await refusedUnchanged(t, "INVALID_INPUT", () =>
      as.mutation(api.mutations.viewer.update, change),
    );
    expect(refusal).toMatchObject({ path });
  });
});
