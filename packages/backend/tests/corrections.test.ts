import { beforeEach, describe, expect, test } from "vitest";
import { adjustPoints } from "../lib/pointLedger/corrections";
import { logActivity, softDeleteActivity } from "../lib/pointLedger/verbs";
import { refusalFrom } from "./backend.setup";
import { JOG, versionsOf } from "./dayModel.setup";
import { ADA, CHALLENGE, MemoryLedger } from "./memoryLedger.setup";

const TODAY = "2026-06-10";
const admin = { kind: "challengeAdmin", userId: ADA } as const;
const BASE = { challenge: CHALLENGE, userId: ADA, actor: admin, zone: "UTC" };
const ENTRY = {
  ...BASE,
  requestId: "one",
  points: -7,
  loggedDate: TODAY,
  label: "Counted twice",
  note: "Seen on paper",
};

let ledger: MemoryLedger;
beforeEach(() => {
  ledger = new MemoryLedger(versionsOf(JOG));
});

describe("an admin's adjustment", () => {
  test("is an entry of its own, once per request", async () => {
    const first = await adjustPoints(ledger, ENTRY);
    expect(first).toMatchObject({ pointsEarned: -7, totalPoints: -7 });
    expect(ledger.events).toMatchObject([
      { kind: "created", reason: "adminCorrection", actor: admin },
    ]);
    expect(ledger.notes).toEqual(["Seen on paper"]);
    const { writes } = ledger;
    expect(await adjustPoints(ledger, ENTRY)).toEqual(first);
    expect(ledger.writes).toBe(writes);
    await adjustPoints(ledger, { ...ENTRY, requestId: "two", points: 10 });
    expect(ledger.standing).toMatchObject({ totalPoints: 3, activityCount: 0, streakLength: 0 });
    expect(ledger.findings()).toEqual([]);
  });

  test("is what final standings take, and nothing else", async () => {
    const metrics = { distance_m: 1000 };
    const deed = { activityTypeId: JOG, loggedDate: TODAY, metrics };
    const logged = await logActivity(ledger, { ...BASE, ...deed });
    const challenge = { ...CHALLENGE, finalAt: ledger.now() };
    const { writes } = ledger;
    const closed = { ...BASE, challenge };
    const activity = ledger.row(logged.activityId);
    for (const call of [
      logActivity(ledger, { ...closed, ...deed }),
      softDeleteActivity(ledger, { ...closed, activity }),
    ])
      expect(await refusalFrom(call)).toMatchObject({ code: "CHALLENGE_FINAL" });
    expect(ledger.writes).toBe(writes);
    const adjusted = await adjustPoints(ledger, { ...ENTRY, challenge });
    expect(adjusted.totalPoints).toBe(logged.totalPoints - 7);
    expect(ledger.findings()).toEqual([]);
  });

  test.each([
    ["points", { points: 0 }],
    ["points", { points: 0.5 }],
    ["points", { points: 1_000_001 }],
    ["loggedDate", { loggedDate: "2026-07-01" }],
    ["label", { label: " " }],
    ["reason", { note: " " }],
  ])("needs %s: %j is refused and writes nothing", async (path, change) => {
    const refusal = await refusalFrom(adjustPoints(ledger, { ...ENTRY, ...change }));
    expect(refusal).toMatchObject({ code: "INVALID_INPUT", path });
    expect(ledger.writes).toBe(0);
  });

  test("is no participant's to make", async () => {
    const actor = { kind: "user", userId: ADA } as const;
    await expect(adjustPoints(ledger, { ...ENTRY, actor })).rejects.toThrow("only an admin");
  });
});
