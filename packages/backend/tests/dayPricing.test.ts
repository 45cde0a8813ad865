import { beforeEach, describe, expect, test } from "vitest";
import { importActivities, previewImport } from "../lib/pointLedger/importChunk";
import { previewEdit, previewLog } from "../lib/pointLedger/previews";
import {
  editActivity,
  logActivity,
  restoreActivity,
  softDeleteActivity,
} from "../lib/pointLedger/verbs";
import { refusalFrom } from "./backend.setup";
import { DRINK, JOG, versionsOf } from "./dayModel.setup";
import { ADA } from "./memoryLedger.setup";
import {
  args,
  BASE,
  drink,
  jog,
  jogs,
  lastEvents,
  ledger,
  pointsOf,
  row,
  sealNow,
  start,
  TODAY,
  types,
  YESTERDAY,
} from "./dayPricing.setup";

beforeEach(() => start(2));

describe("D6 a day is priced anew when an earlier row of it changes", () => {
  test("a bonus once a day goes to the next row when its carrier goes, and back", async () => {
    const [short, first, second] = [await jog(1), await jog(1.5), await jog(2)];
    expect(pointsOf(short, first, second)).toEqual([10, 15, 25]);
    // It carries the bonus, and the cap of 50 takes 2 of its points.
    expect(row(second).carriedBonuses).toEqual(["First"]);
    expect(row(second).breakdown.map(({ kind, points }) => [kind, points])).toEqual([
      ["base", 20],
      ["bonus", 7],
      ["cap", -2],
    ]);
    const moved = await editActivity(ledger, { ...args(first), metrics: jogs(2) });
    expect(moved.pointsEarned).toBe(27);
    expect(pointsOf(short, first, second)).toEqual([10, 27, 13]);
    expect(row(first).carriedBonuses).toEqual(["First"]);
    expect(row(second).carriedBonuses).toEqual([]);

    await softDeleteActivity(ledger, args(first));
    expect(pointsOf(short, second)).toEqual([10, 27]);
    expect(lastEvents(2)).toEqual([
      [first.activityId, "deleted", "removed", -27],
      [second.activityId, "repriced", "dayChanged", 14],
    ]);
    const restored = await restoreActivity(ledger, args(first));
    expect(restored.pointsEarned).toBe(27);
    expect(pointsOf(short, first, second)).toEqual([10, 27, 13]);
    expect(ledger.findings()).toEqual([]);
  });

  test("a row that moves leaves one day and joins another, and both are priced", async () => {
    const [first, second] = [await jog(2), await jog(2.3)];
    const other = await jog(4, YESTERDAY);
    expect(pointsOf(first, second, other)).toEqual([27, 23, 47]);
    await editActivity(ledger, { ...args(first), loggedDate: YESTERDAY });
    // The moved row was made first, so it comes first on its new day too.
    expect(pointsOf(first, second, other)).toEqual([27, 30, 23]);
    expect(lastEvents(3)).toEqual([
      [first.activityId, "edited", "corrected", 0],
      [second.activityId, "repriced", "dayChanged", 7],
      [other.activityId, "repriced", "dayChanged", -24],
    ]);
    expect(ledger.findings()).toEqual([]);
  });

  test("a change of the type prices the day it leaves", async () => {
    const [first, second] = [await jog(3), await jog(1.9)];
    expect(pointsOf(first, second)).toEqual([37, 13]);
    const edit = { activityTypeId: DRINK, metrics: { count: 4 } };
    await editActivity(ledger, { ...args(first), ...edit });
    expect(pointsOf(first, second)).toEqual([-2, 19]);
  });

  test("free units are used in the order the rows were made", async () => {
    const [first, second, third] = [await drink(2), await drink(2), await drink(1)];
    expect(pointsOf(first, second, third)).toEqual([0, -2, -2]);
    expect([first, second, third].map((one) => row(one).allowanceUsed)).toEqual([2, 1, 0]);
    expect(row(second).breakdown).toEqual([
      { kind: "base", label: "1 (of 2, 1 free) x -2", points: -2 },
    ]);
    await editActivity(ledger, { ...args(first), metrics: { count: 0 } });
    expect(pointsOf(first, second, third)).toEqual([0, 0, 0]);
    await softDeleteActivity(ledger, args(second));
    await editActivity(ledger, { ...args(first), metrics: { count: 10 } });
    // 7 x -2, cut to the cap of 5; nothing is left for the third.
    expect(pointsOf(first, third)).toEqual([-5, 0]);
    expect(row(first).breakdown.at(-1)).toEqual({
      kind: "cap",
      label: "At most 5 a day",
      points: 9,
    });
    expect(ledger.findings()).toEqual([]);
  });

  test("a neighbour that stays as it is, is not written", async () => {
    const [first, second] = [await jog(2), await jog(1)];
    const before = row(second);
    const { writes, events } = ledger;
    const count = events.length;
    await editActivity(ledger, { ...args(first), metrics: jogs(2.1) });
    expect(row(second)).toBe(before);
    expect(ledger.events.length).toBe(count + 1);
    // The row, its event, the day, the standing and the board of the week.
    expect(ledger.writes - writes).toBe(5);
  });

  test("a neighbour with the same points for another reason gets no event", async () => {
    const [first, second] = [await drink(1), await drink(1)];
    expect(row(second).breakdown).toEqual([
      { kind: "base", label: "0 (of 1, 1 free) x -2", points: 0 },
    ]);
    const { version } = row(second);
    const count = ledger.events.length;
    // Nothing is free any more and the day is full: again no points.
    await editActivity(ledger, { ...args(first), metrics: { count: 6 } });
    expect(pointsOf(first, second)).toEqual([-5, 0]);
    expect(row(second).breakdown).toEqual([
      { kind: "base", label: "1 x -2", points: -2 },
      { kind: "cap", label: "At most 5 a day", points: 2 },
    ]);
    expect(row(second)).toMatchObject({ version, allowanceUsed: 0 });
    expect(ledger.events.length).toBe(count + 1);
    expect(ledger.findings()).toEqual([]);
  });

  test("rows are priced by their own version, which shares only what it has", async () => {
    start(1);
    const plain = await jog(2);
    types.push(...versionsOf(JOG).slice(1, 2));
    const [first, second] = [await jog(2), await jog(3)];
    // The row of version 1 carries nothing and does not count for the cap.
    expect(pointsOf(plain, first, second)).toEqual([20, 27, 23]);
    types.push(...versionsOf(JOG).slice(2));
    const third = await jog(3);
    expect(pointsOf(plain, first, second, third)).toEqual([20, 27, 23, 15]);
    await softDeleteActivity(ledger, args(first));
    // Version 2 pays 7 for the first 2 km; version 3 pays 11 more for the first 3 km.
    expect(pointsOf(plain, second, third)).toEqual([20, 37, 28]);
    expect(row(third).carriedBonuses).toEqual(["Long"]);
    expect(row(plain).carriedBonuses).toBeUndefined();
  });

  test("an admin's correction does not keep a row from what its day does", async () => {
    const [first, second] = [await jog(2), await jog(2.1)];
    const admin = { ...BASE, actor: { kind: "challengeAdmin", userId: ADA } as const };
    const reason = { note: "Checked" };
    await editActivity(ledger, { ...admin, ...reason, activity: row(second), metrics: jogs(2) });
    expect(row(second).isSticky).toBe(true);
    const { version } = row(second);
    await softDeleteActivity(ledger, args(first));
    expect(pointsOf(second)).toEqual([27]);
    // What somebody saw of it still holds, so that an edit they began is not stale.
    expect(row(second)).toMatchObject({ version, isSticky: true });
  });
});

describe("sealed rows", () => {
  test("keep points and bonus while the day changes around them", async () => {
    const [first, second, third] = [await jog(1), await jog(2), await jog(1)];
    expect(pointsOf(first, second, third)).toEqual([10, 27, 10]);
    await sealNow(second);
    expect(row(second)).toMatchObject({ metrics: {}, pointsEarned: 27, carriedBonuses: ["First"] });
    const events = ledger.events.length;
    await editActivity(ledger, { ...args(first), metrics: jogs(2) });
    // The sealed row carries the bonus although the first row qualifies now; 3 points are left under the cap.
    expect(pointsOf(first, second, third)).toEqual([20, 27, 3]);
    expect(ledger.events.length).toBe(events + 2);
    await softDeleteActivity(ledger, args(second));
    expect(pointsOf(first, third)).toEqual([27, 10]);
    await restoreActivity(ledger, args(second));
    expect(pointsOf(first, second, third)).toEqual([20, 27, 3]);
    expect(ledger.findings()).toEqual([]);
  });

  test("have what they used of the free amount", async () => {
    const [first, second] = [await drink(2), await drink(3)];
    await sealNow(first);
    expect(row(first)).toMatchObject({ metrics: {}, allowanceUsed: 2 });
    await editActivity(ledger, { ...args(second), metrics: { count: 2 } });
    expect(pointsOf(first, second)).toEqual([0, -2]);
  });

  test("D6 a carrier restored beside its sealed heir gives the bonus up, and nothing is paid twice", async () => {
    const [first, heir] = [await jog(2), await jog(2)];
    expect(pointsOf(first, heir)).toEqual([27, 20]);
    await softDeleteActivity(ledger, args(first));
    expect(pointsOf(heir)).toEqual([27]);
    await sealNow(heir);
    await sealNow(first);
    const restored = await restoreActivity(ledger, args(first));
    expect(restored.pointsEarned).toBe(20);
    expect(row(first)).toMatchObject({ carriedBonuses: [], pointsEarned: 20 });
    expect(row(first).breakdown).toMatchObject([{ kind: "base", points: 20 }]);
    expect(row(heir)).toMatchObject({ carriedBonuses: ["First"], pointsEarned: 27 });
    expect(ledger.standing.totalPoints).toBe(47 + ledger.standing.streakBonusPoints);
    expect(ledger.findings()).toEqual([]);
    // What it gave up it does not take back: the heir keeps it, also for the next round.
    await softDeleteActivity(ledger, args(heir));
    await restoreActivity(ledger, args(heir));
    expect(pointsOf(first, heir)).toEqual([20, 27]);
  });

  test("an unsealed row that inherited gives the bonus back to a restored sealed carrier", async () => {
    const [first, heir] = [await jog(2), await jog(2)];
    await sealNow(first);
    await softDeleteActivity(ledger, args(first));
    expect(pointsOf(heir)).toEqual([27]);
    await restoreActivity(ledger, args(first));
    expect(pointsOf(first, heir)).toEqual([27, 20]);
    expect(ledger.findings()).toEqual([]);
  });

  test("D6 free units and the day cap are not given twice either", async () => {
    start(1);
    const [first, second] = [await drink(1), await drink(2)];
    expect(pointsOf(first, second)).toEqual([0, -10]);
    await softDeleteActivity(ledger, args(first));
    expect(pointsOf(second)).toEqual([-5]);
    expect(row(second).allowanceUsed).toBe(1);
    await sealNow(first);
    await sealNow(second);
    expect((await restoreActivity(ledger, args(first))).pointsEarned).toBe(-5);
    expect(row(first).allowanceUsed).toBe(0);

    start(2);
    const [long, other] = [await jog(4), await jog(4)];
    expect(pointsOf(long, other)).toEqual([47, 3]);
    await softDeleteActivity(ledger, args(long));
    expect(pointsOf(other)).toEqual([47]);
    await sealNow(long);
    await sealNow(other);
    expect((await restoreActivity(ledger, args(long))).pointsEarned).toBe(3);
    expect(ledger.findings()).toEqual([]);
  });

  test("say nothing of the activity, move no points and take notes only", async () => {
    const posted = await jog(2);
    const { events, standing } = ledger;
    const count = events.length;
    await sealNow(posted);
    const { writes } = ledger;
    await sealNow(posted);
    expect(ledger.writes).toBe(writes);
    expect([ledger.events.length, ledger.standing]).toEqual([count, standing]);
    expect(row(posted).breakdown).toEqual([
      { kind: "base", label: "Scored before its details were removed", points: 27 },
    ]);
    for (const patch of [
      { metrics: jogs(2) },
      { loggedDate: YESTERDAY },
      { activityTypeId: DRINK },
    ]) {
      const refusal = await refusalFrom(editActivity(ledger, { ...args(posted), ...patch }));
      expect(refusal).toMatchObject({ code: "INVALID_INPUT", path: "metrics" });
    }
    expect(ledger.writes).toBe(writes);
    await editActivity(ledger, { ...args(posted), notes: "In the rain" });
    expect(row(posted).notes).toBe("In the rain");
    expect(ledger.findings()).toEqual([]);
  });
});

describe("an import", () => {
  const archive = (...rows: Array<[id: string, kilometres: number, loggedDate?: string]>) => ({
    ...BASE,
    source: "archive" as const,
    allowDuplicates: true,
    rows: rows.map(([externalId, kilometres, loggedDate = TODAY]) => ({
      externalId,
      sport: "Jog",
      startedAt: Date.parse(`${loggedDate}T08:00:00Z`),
      loggedDate,
      metrics: jogs(kilometres),
    })),
  });

  test("prices the rows of one day as if they had been logged one by one", async () => {
    const chunk = archive(["a", 1], ["b", 2], ["c", 2.5], ["d", 2, YESTERDAY]);
    const preview = await previewImport(ledger, chunk, ledger.now());
    const results = await importActivities(ledger, chunk);
    expect(preview).toEqual(results);
    expect(results.map(({ pointsEarned }) => pointsEarned)).toEqual([10, 27, 13, 27]);
    start(2);
    const logged = [await jog(1), await jog(2), await jog(2.5), await jog(2, YESTERDAY)];
    expect(pointsOf(...logged)).toEqual([10, 27, 13, 27]);
  });

  test("answers what a row gives after the rows behind it changed the day", async () => {
    await importActivities(ledger, archive(["a", 2], ["b", 2.5]));
    const chunk = archive(["b", 2.6], ["c", 1], ["a", 1]);
    const preview = await previewImport(ledger, chunk, ledger.now());
    const results = await importActivities(ledger, chunk);
    // a no longer qualifies, so b inherits; c is new and comes last.
    expect(results).toMatchObject([
      { externalId: "b", status: "updated", pointsEarned: 33 },
      { externalId: "c", status: "created", pointsEarned: 7 },
      { externalId: "a", status: "updated", pointsEarned: 10 },
    ]);
    expect(preview).toEqual(results);
    expect(ledger.findings()).toEqual([]);
    const { writes } = ledger;
    await importActivities(ledger, chunk);
    expect(ledger.writes).toBe(writes);
  });

  test("keeps a new title of a row that another row of the chunk re-prices", async () => {
    await importActivities(ledger, archive(["a", 2], ["b", 2]));
    const chunk = archive(["b", 2], ["a", 1]);
    const rows = chunk.rows.map((one) => ({ ...one, title: `Jog ${one.externalId}` }));
    await importActivities(ledger, { ...chunk, rows });
    const stored = [...ledger.rows.values()].filter(({ source }) => source === "archive");
    expect(stored.map(({ title, pointsEarned }) => [title, pointsEarned])).toEqual([
      ["Jog a", 10],
      ["Jog b", 27],
    ]);
  });
});

describe("D13 a preview is what is stored", () => {
  test("of a log and of an edit, among the rows of the day", async () => {
    await jog(2);
    const second = await jog(1);
    const deed = { activityTypeId: JOG, loggedDate: TODAY, metrics: jogs(2.5) };
    const edit = await previewEdit(ledger, { ...args(second), ...deed }, ledger.now());
    const edited = await editActivity(ledger, { ...args(second), ...deed });
    const nothingElse = { others: [], streakBonusChange: 0, awards: [], awardsFollow: false };
    expect(edit).toMatchObject(nothingElse);
    expect(edit.own).toMatchObject({ pointsAfter: edited.pointsEarned });
    expect(edit.own.row.breakdown).toEqual(row(second).breakdown);
    await softDeleteActivity(ledger, args(second));
    const log = await previewLog(ledger, { ...BASE, ...deed }, ledger.now());
    const logged = await logActivity(ledger, { ...BASE, ...deed });
    expect(log).toMatchObject(nothingElse);
    expect(log.own).toMatchObject({ pointsBefore: 0, pointsAfter: logged.pointsEarned });
    expect(log.own.row.breakdown).toEqual(row(logged).breakdown);
    expect(logged.pointsEarned).toBe(23);
  });
});
