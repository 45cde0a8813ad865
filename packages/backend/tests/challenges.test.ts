import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { fillRanks } from "./aggregateFill.setup";
import {
  asNewPerson,
  newChallenge,
  refusalFrom,
  refusedUnchanged,
  setup,
  snapshotTables,
  type TestBackend,
  type TestPerson,
} from "./backend.setup";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-06-10T12:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

const getChallenge = (as: TestPerson | TestBackend, challengeId: Id<"challenges">) =>
  as.query(api.queries.challenges.get, { challengeId });

/** What the board knows about a person; null when they have no standing. */
const standingOf = (t: TestBackend, challengeId: Id<"challenges">, userId: Id<"users">) =>
  t.run((ctx) =>
    ctx.db
      .query("standings")
      .withIndex("by_challengeId_and_userId", (q) =>
        q.eq("challengeId", challengeId).eq("userId", userId),
      )
      .unique(),
  );

describe("creating a challenge", () => {
  test("makes the caller its first admin and participant, on the board with no points", async () => {
    const t = setup();
    const { as, userId } = await asNewPerson(t, "Ada");
    const { challengeId, joinCode } = await newChallenge(as, { name: "  Summer\u0301  " });
    expect(await getChallenge(as, challengeId)).toEqual({
      challengeId,
      name: "Summe\u0155".normalize("NFC"),
      description: "",
      startsOn: "2026-06-01",
      endsOn: "2026-06-30",
      timezone: "UTC",
      visibility: "public",
      streakMinPoints: 10,
      streakBonus: "running",
      streakBonusDailyCap: 30,
      backdateDays: 7,
      graceHours: 48,
      finalDaysFrom: 29,
      isFinal: false,
      viewer: { userId, role: "admin", status: "active" },
      joinCode,
    });
    expect(await standingOf(t, challengeId, userId)).toMatchObject({
      totalPoints: 0,
      listed: true,
    });
    const admin = await t.query(internal.queries.admin.challengeAdmin, { challengeId });
    expect(admin).toEqual({ userId });
  });

  test("gives it an unguessable join code, and a private one a view key", async () => {
    const t = setup();
    const { as } = await asNewPerson(t, "Ada");
    const made = [];
    for (let count = 0; count < 3; count += 1) {
      const { challengeId, joinCode } = await newChallenge(as, { visibility: "private" });
      const { viewKey } = await getChallenge(as, challengeId);
      made.push(joinCode, viewKey);
    }
    // 26 characters of 5 bits.
    for (const code of made) expect(code).toMatch(/^[A-Z2-7]{26}$/);
    expect(new Set(made).size).toBe(6);
  });

  test("adds the starter types it names", async () => {
    const t = setup();
    const { as } = await asNewPerson(t, "Ada");
    const { challengeId } = await newChallenge(as, { starterTypes: ["run", "walk"] });
    const types = await t.query(api.queries.activityTypes.list, { challengeId });
    expect(types.map(({ catalogueKey, version }) => [catalogueKey, version])).toEqual([
      ["run", 1],
      ["walk", 1],
    ]);
  });

  test("accepts past dates, one day, and a leap year's 366 days", async () => {
    const t = setup();
    const { as } = await asNewPerson(t, "Ada");
    const oneDay = await newChallenge(as, { startsOn: "2015-03-01", endsOn: "2015-03-01" });
    expect(await getChallenge(as, oneDay.challengeId)).toMatchObject({ finalDaysFrom: 1 });
    const leapYear = await newChallenge(as, { startsOn: "2028-01-01", endsOn: "2028-12-31" });
    expect(await getChallenge(as, leapYear.challengeId)).toMatchObject({ finalDaysFrom: 365 });
  });

  test.each([
    ["name", { name: " " }],
    ["name", { name: "x".repeat(121) }],
    ["name", { name: "a\u0000b" }],
    ["description", { description: "x".repeat(2001) }],
    ["startsOn", { startsOn: "2026-02-30" }],
    ["startsOn", { startsOn: "1 June" }],
    ["endsOn", { endsOn: "2026-6-30" }],
    ["endsOn", { endsOn: "2026-05-31" }],
    ["endsOn", { endsOn: "2027-06-02" }],
    ["timezone", { timezone: "Mars/Olympus" }],
    ["streakMinPoints", { streakMinPoints: 0 }],
    ["streakMinPoints", { streakMinPoints: 1.5 }],
    ["streakMinPoints", { streakMinPoints: Number.NaN }],
    ["streakMinPoints", { streakMinPoints: Number.POSITIVE_INFINITY }],
    ["backdateDays", { backdateDays: -1 }],
    ["backdateDays", { backdateDays: 367 }],
    ["graceHours", { graceHours: 721 }],
    ["starterTypes[1]", { starterTypes: ["run", "quidditch"] }],
    ["starterTypes[1]", { starterTypes: ["run", "run"] }],
  ])("refuses a bad %s: %j", async (path, fields) => {
    const t = setup();
    const { as } = await asNewPerson(t, "Ada");
    const refusal = await refusedUnchanged(t, "INVALID_INPUT", () => newChallenge(as, fields));
    expect(refusal).toMatchObject({ path });
  });

  test("is refused RATE_LIMITED the 11th time in an hour", async () => {
    const t = setup();
    const { as } = await asNewPerson(t, "Ada");
    for (let count = 0; count < 10; count += 1) await newChallenge(as);
    const refusal = await refusedUnchanged(t, "RATE_LIMITED", () => newChallenge(as));
    expect(refusal).toEqual({ code: "RATE_LIMITED", retryAfterMs: 6 * 60 * 1000 });
  });

  test("stores the zone as it is spelled everywhere", async () => {
    const t = setup();
    const { as } = await asNewPerson(t, "Ada");
    const { challengeId } = await newChallenge(as, { timezone: "europe/AMSTERDAM" });
    expect(await getChallenge(as, challengeId)).toMatchObject({ timezone: "Europe/Amsterdam" });
  });

  test("refuses an unknown field and a wrong visibility before anything runs", async () => {
    const t = setup();
    const { as } = await asNewPerson(t, "Ada");
    const before = await snapshotTables(t);
    for (const extra of [{ joinCode: "MINE" }, { finalAt: 1 }, { visibility: "secret" }]) {
      await expect(newChallenge(as, extra as object)).rejects.toThrow(/Validator|validator/);
    }
    expect(await snapshotTables(t)).toEqual(before);
  });

  test("refuses strangers", async () => {
    const t = setup();
    await refusedUnchanged(t, "NOT_SIGNED_IN", () => newChallenge(t));
  });
});

describe("joining a challenge", () => {
  async function start(visibility: "public" | "private" = "public") {
    const t = setup();
    const admin = await asNewPerson(t, "Admin");
    const ada = await asNewPerson(t, "Ada");
    const made = await newChallenge(admin.as, { visibility });
    const join = (by: { challengeId?: Id<"challenges">; joinCode?: string }) =>
      ada.as.mutation(api.mutations.challenges.join, by);
    const leave = () =>
      ada.as.mutation(api.mutations.challenges.leave, { challengeId: made.challengeId });
    return { t, admin, ada, ...made, join, leave };
  }

  test("by the id of a public one makes a participant with a standing", async () => {
    const { t, ada, challengeId, join } = await start();
    expect(await join({ challengeId })).toMatchObject({ challengeId });
    const { viewer, joinCode } = await getChallenge(ada.as, challengeId);
    expect(viewer).toEqual({ userId: ada.userId, role: "participant", status: "active" });
    expect(joinCode).toBeUndefined();
    const standing = await standingOf(t, challengeId, ada.userId);
    expect(standing).toMatchObject({ totalPoints: 0, listed: true });
  });

  test("by its code works for a private one, typed in small letters too", async () => {
    const { ada, challengeId, joinCode, join } = await start("private");
    expect(await join({ joinCode: ` ${joinCode.toLowerCase()} ` })).toMatchObject({ challengeId });
    expect((await getChallenge(ada.as, challengeId)).viewKey).toMatch(/^[A-Z2-7]{26}$/);
  });

  test("twice is joining once", async () => {
    const { t, challengeId, joinCode, join } = await start();
    const first = await join({ challengeId });
    const before = await snapshotTables(t);
    expect(await join({ challengeId })).toEqual(first);
    expect(await join({ joinCode })).toEqual(first);
    expect(await snapshotTables(t)).toEqual(before);
  });

  test("a member of a private one may name it by its id", async () => {
    const { challengeId, joinCode, join } = await start("private");
    const first = await join({ joinCode });
    expect(await join({ challengeId })).toEqual(first);
  });

  test("again after leaving restores the same participation", async () => {
    const { t, ada, challengeId, join, leave } = await start();
    const first = await join({ challengeId });
    const before = await standingOf(t, challengeId, ada.userId);
    await leave();
    expect(await standingOf(t, challengeId, ada.userId)).toMatchObject({ listed: false });
    expect((await getChallenge(ada.as, challengeId)).viewer).toMatchObject({ status: "left" });
    vi.setSystemTime(Date.now() + 60_000);
    expect(await join({ challengeId })).toEqual(first);
    expect(await standingOf(t, challengeId, ada.userId)).toEqual(before);
  });

  test("is NOT_FOUND for a private one by its id and for a wrong code", async () => {
    const { t, challengeId, join } = await start("private");
    const byId = await refusedUnchanged(t, "NOT_FOUND", () => join({ challengeId }));
    const byCode = await refusedUnchanged(t, "NOT_FOUND", () => join({ joinCode: "A".repeat(26) }));
    expect(byId).toEqual(byCode);
  });

  test("needs exactly one of id and code", async () => {
    const { t, challengeId, joinCode, join } = await start();
    await refusedUnchanged(t, "INVALID_INPUT", () => join({}));
    await refusedUnchanged(t, "INVALID_INPUT", () => join({ challengeId, joinCode }));
  });

  test("is refused RATE_LIMITED the 11th time in an hour, and works again later", async () => {
    const { t, challengeId: tenth, join } = await start();
    const admin = await asNewPerson(t, "Another admin");
    const challengeIds = [tenth];
    for (let count = 0; count < 10; count += 1) {
      challengeIds.push((await newChallenge(admin.as)).challengeId);
    }
    const eleventh = challengeIds.pop();
    for (const challengeId of challengeIds) await join({ challengeId });
    // Joining what one is in already costs nothing.
    await join({ challengeId: challengeIds[0] });
    const refusal = await refusedUnchanged(t, "RATE_LIMITED", () =>
      join({ challengeId: eleventh }),
    );
    expect(refusal).toEqual({ code: "RATE_LIMITED", retryAfterMs: 6 * 60 * 1000 });
    vi.setSystemTime(Date.now() + 6 * 60 * 1000);
    expect(await join({ challengeId: eleventh })).toMatchObject({ challengeId: eleventh });
  });

  test("is refused LIMIT_REACHED to the 50,001st person, and to one who comes back", async () => {
    const { t, admin, challengeId, join, leave } = await start();
    await join({ challengeId });
    await leave();
    await fillRanks(t, challengeId, 50_000);
    const refusal = await refusedUnchanged(t, "LIMIT_REACHED", () => join({ challengeId }));
    expect(refusal).toEqual({ code: "LIMIT_REACHED", limit: "participants", max: 50_000 });
    const other = await newChallenge(admin.as);
    await fillRanks(t, other.challengeId, 49_999);
    expect(await join({ challengeId: other.challengeId })).toMatchObject({
      challengeId: other.challengeId,
    });
  });

  test("is refused CHALLENGE_FINAL once standings are frozen, and the try is not counted", async () => {
    const { t, admin, challengeId, join } = await start();
    vi.setSystemTime(new Date("2026-07-03T00:00:00Z"));
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    for (let count = 0; count < 11; count += 1) {
      await refusedUnchanged(t, "CHALLENGE_FINAL", () => join({ challengeId }));
    }
  });
});

describe("an invitation", () => {
  test("says to whoever has the code what it lets into, and nothing about people", async () => {
    const t = setup();
    const admin = await asNewPerson(t, "Admin");
    const wish = { visibility: "private" as const, description: "Around the lake" };
    const { challengeId, joinCode } = await newChallenge(admin.as, wish);
    const { invitation } = api.queries.challenges;
    const { name, startsOn, endsOn, timezone } = await getChallenge(admin.as, challengeId);
    const told = {
      name,
      startsOn,
      endsOn,
      timezone,
      description: "Around the lake",
      isFinal: false,
      challengeId: null,
    };
    const typed = { joinCode: ` ${joinCode.toLowerCase()} ` };
    expect(await t.query(invitation, typed)).toEqual({ ...told, people: expect.any(Number) });
    expect(await admin.as.query(invitation, { joinCode })).toMatchObject({ challengeId });
    expect(await t.query(invitation, { joinCode: "A".repeat(26) })).toBeNull();
  });

  test("tells nothing by a code that was renewed, nor to whom organisers banned", async () => {
    const t = setup();
    const admin = await asNewPerson(t, "Admin");
    const ada = await asNewPerson(t, "Ada");
    const { challengeId, joinCode } = await newChallenge(admin.as);
    const { invitation } = api.queries.challenges;
    await ada.as.mutation(api.mutations.challenges.join, { joinCode });
    const wish = { challengeId, userId: ada.userId, points: "keep" as const, reason: "Cheated" };
    await admin.as.mutation(api.mutations.participants.ban, wish);
    expect(await ada.as.query(invitation, { joinCode })).toBeNull();
    expect(await admin.as.query(invitation, { joinCode })).not.toBeNull();
    await admin.as.mutation(api.mutations.challenges.renewCode, { challengeId });
    expect(await admin.as.query(invitation, { joinCode })).toBeNull();
  });
});

describe("leaving a challenge", () => {
  test("makes a new view key for those who stay", async () => {
    const t = setup();
    const admin = await asNewPerson(t, "Admin");
    const ada = await asNewPerson(t, "Ada");
    const { challengeId, joinCode } = await newChallenge(admin.as, { visibility: "private" });
    await ada.as.mutation(api.mutations.challenges.join, { joinCode });
    const before = await getChallenge(admin.as, challengeId);
    await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    const after = await getChallenge(admin.as, challengeId);
    expect(after.viewKey).not.toBe(before.viewKey);
    expect(await refusalFrom(getChallenge(ada.as, challengeId))).toMatchObject({
      code: "NOT_FOUND",
    });
  });

  test("F9 a challenge that was public meanwhile shows nothing to whoever saw it then", async () => {
    const t = setup();
    const admin = await asNewPerson(t, "Admin");
    const { challengeId } = await newChallenge(admin.as, { visibility: "private" });
    const become = async (visibility: "public" | "private") =>
      await admin.as.mutation(api.mutations.challenges.update, { challengeId, visibility });
    const keyFor = async (as: TestPerson | TestBackend) =>
      (await as.query(api.queries.challenges.get, { challengeId })).viewKey;
    const board = async (viewKey: string | undefined) =>
      await t.query(api.queries.leaderboards.page, { challengeId, viewKey });
    const first = await keyFor(admin.as);
    await become("public");
    expect([await keyFor(t), await keyFor(admin.as)]).toEqual([undefined, undefined]);
    await become("private");
    const second = await keyFor(admin.as);
    expect((await board(second)).page).toHaveLength(1);
    for (const key of [undefined, first])
      expect(await refusalFrom(board(key))).toMatchObject({ code: "NOT_FOUND" });
    await become("private");
    expect(await keyFor(admin.as)).toBe(second);
  });

  test("is refused to the only admin", async () => {
    const t = setup();
    const admin = await asNewPerson(t, "Admin");
    const { challengeId } = await newChallenge(admin.as);
    const refusal = await refusedUnchanged(t, "LIMIT_REACHED", () =>
      admin.as.mutation(api.mutations.challenges.leave, { challengeId }),
    );
    expect(refusal).toEqual({ code: "LIMIT_REACHED", limit: "lastAdmin", max: 1, challengeId });
  });
});

describe("leaving a final challenge", () => {
  test("ends the part in it and leaves its frozen board as it is", async () => {
    const t = setup();
    const admin = await asNewPerson(t, "Admin");
    const ada = await asNewPerson(t, "Ada");
    const { challengeId } = await newChallenge(admin.as);
    await ada.as.mutation(api.mutations.challenges.join, { challengeId });
    vi.setSystemTime(new Date("2026-07-03T00:00:00Z"));
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    const board = () => t.query(api.queries.leaderboards.page, { challengeId });
    const frozen = await board();
    await ada.as.mutation(api.mutations.challenges.leave, { challengeId });
    expect(await board()).toEqual(frozen);
    expect(frozen.page).toHaveLength(2);
    expect((await getChallenge(ada.as, challengeId)).viewer).toMatchObject({ status: "left" });
  });
});

describe("finalizing a challenge", () => {
  async function start() {
    const t = setup();
    const admin = await asNewPerson(t, "Admin");
    const { challengeId } = await newChallenge(admin.as, { timezone: "America/New_York" });
    const finalize = (as: TestPerson | TestBackend) =>
      as.mutation(api.mutations.challenges.finalize, { challengeId });
    return { t, admin, challengeId, finalize };
  }

  test("waits for the end of the grace period in the challenge's zone", async () => {
    const { t, admin, challengeId, finalize } = await start();
    // June ends at 04:00 UTC in New York; 48 hours of grace follow.
    vi.setSystemTime(new Date("2026-07-03T03:59:59Z"));
    await refusedUnchanged(t, "INVALID_INPUT", () => finalize(admin.as));
    vi.setSystemTime(new Date("2026-07-03T04:00:00Z"));
    await finalize(admin.as);
    expect(await getChallenge(t, challengeId)).toMatchObject({ isFinal: true });
  });

  test("happens once", async () => {
    const { t, admin, challengeId, finalize } = await start();
    vi.setSystemTime(new Date("2026-08-01T00:00:00Z"));
    await finalize(admin.as);
    const refusal = await refusedUnchanged(t, "CHALLENGE_FINAL", () => finalize(admin.as));
    expect(refusal).toEqual({ code: "CHALLENGE_FINAL", challengeId });
  });

  test("is for admins", async () => {
    const { t, challengeId, finalize } = await start();
    const ada = await asNewPerson(t, "Ada");
    await refusedUnchanged(t, "NOT_SIGNED_IN", () => finalize(t));
    await refusedUnchanged(t, "NOT_PARTICIPANT", () => finalize(ada.as));
    await ada.as.mutation(api.mutations.challenges.join, { challengeId });
    await refusedUnchanged(t, "NOT_CHALLENGE_ADMIN", () => finalize(ada.as));
  });
});
