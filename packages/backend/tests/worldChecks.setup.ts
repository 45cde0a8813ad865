import type { FunctionArgs, FunctionReturnType } from "convex/server";
import { assert } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import * as model from "./model.setup";
import type { Expected, ModelPerson } from "./model.setup";
import { attempt, dayText, type Stage, type Stored } from "./worldStage.setup";

const BOARDS = ["week.1", "week.2", "category.Moving", "category.Treats"];
type BoardArgs = Pick<FunctionArgs<typeof api.queries.leaderboards.page>, "board" | "key">;

function boardArgs(name: string): BoardArgs {
  const [board, key] = name.split(".");
  return { board: board === "week" ? "week" : "category", key };
}

const EMPTY_DAY = { points: 0, streakPoints: 0, activityCount: 0 };

/** L1, L2, L3 and L5 of one person: everything stored about them against the model. */
export function checkPerson(person: ModelPerson, { tables, sums }: Stored): void {
  const own = <Row extends { userId: string }>(rows: Row[]) =>
    rows.filter((row) => row.userId === person.userId);
  const streak = model.streakOf(person);
  const total = model.totalOf(person);
  const rows = own(tables.activities);
  const [standing, ...more] = own(tables.standings);
  const events = own(tables.pointEvents).sort((a, b) => a.seq - b.seq);
  assert.strictEqual(more.length, 0);
  checkRows(person, rows);
  const live = rows.filter((row) => row.deletedAt === undefined);
  const sum = live.reduce((points, row) => points + row.pointsEarned, 0);
  assert.strictEqual(sum, total, "L1 rows");
  assert.strictEqual(sums[person.userId], total, "L1 aggregate");
  assert.strictEqual(events.at(-1)?.totalAfter ?? 0, total, "L1 last event");
  assert.deepInclude(
    standing,
    {
      totalPoints: total,
      negTotal: 0 - total,
      listed: model.isListed(person),
      reachedAt: person.reachedAt,
      seq: events.length,
      rowCount: rows.length,
      activityCount: person.rows.filter((row) => !row.isDeleted && row.type !== null).length,
      streakLength: streak.length,
      streakLastDay: streak.day === 0 ? null : dayText(streak.day),
      longestStreak: streak.longest,
      streakBonusPoints: streak.bonus,
    },
    "L1 standing",
  );
  assert.strictEqual(standing?.isFormer === true, person.isFormer, "former");
  checkEvents(rows, events);
  checkDerived(person, own(tables.dayTotals), own(tables.boardTotals));
  const held = own(tables.heldActivities).map(({ _id, twinId, status }) => ({
    _id,
    twinId,
    status,
  }));
  const wanted = person.held.map(({ id, twin, isDiscarded }) => ({
    _id: id,
    twinId: twin.id,
    status: isDiscarded ? "discarded" : "held",
  }));
  assert.sameDeepMembers<unknown>(held, wanted, "held");
}

/** The rows themselves, and that none is there twice (L4). */
function checkRows(person: ModelPerson, rows: Stored["tables"]["activities"]): void {
  const plain = rows.filter(({ source }) => source !== "streak");
  const stated = plain.map((row) => ({
    id: row._id,
    source: row.source,
    day: row.loggedDate,
    points: row.pointsEarned,
    isDeleted: row.deletedAt !== undefined,
    version: row.version,
    ruleVersion: row.ruleVersion,
    // It means nothing in a row that nobody may edit.
    isSticky: row.activityTypeId !== null && row.isSticky,
    isSealed: row.sealedAt !== undefined,
  }));
  const wanted = person.rows.map((row) => ({
    id: row.id,
    source: row.source,
    day: dayText(row.day),
    points: row.points,
    isDeleted: row.isDeleted,
    version: row.version,
    ruleVersion: row.scoredBy.version,
    isSticky: row.type !== null && row.isSticky,
    isSealed: row.isSealed,
  }));
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  assert.deepEqual<unknown>(stated.sort(byId), wanted.sort(byId), "rows");
  const external = plain.filter((row) => row.externalId !== undefined);
  const ids = external.map(({ source, externalId }) => `${source}/${externalId}`);
  assert.strictEqual(new Set(ids).size, ids.length, "L4 external ids");
  assert.isAtMost(rows.length - plain.length, 1, "L4 streak row");
}

function checkEvents(
  rows: Stored["tables"]["activities"],
  events: Stored["tables"]["pointEvents"],
): void {
  let running = 0;
  const given = new Map<string | undefined, number>();
  for (const [index, { activityId, seq, totalAfter, ...event }] of events.entries()) {
    const delta = event.pointsAfter - event.pointsBefore;
    running += delta;
    assert.deepEqual([seq, totalAfter], [index + 1, running], "L3");
    given.set(activityId, (given.get(activityId) ?? 0) + delta);
  }
  for (const row of rows) {
    const points = row.deletedAt === undefined ? row.pointsEarned : 0;
    assert.strictEqual(given.get(row._id), points, "L2");
  }
}

function checkDerived(
  person: ModelPerson,
  dayTotals: Stored["tables"]["dayTotals"],
  boardTotals: Stored["tables"]["boardTotals"],
): void {
  const days = new Map(dayTotals.map((row) => [row.day, row]));
  for (let number = 1; number <= 30; number += 1) {
    const { points, streakPoints, activityCount: count } = days.get(dayText(number)) ?? EMPTY_DAY;
    assert.deepEqual({ points, streakPoints, count }, model.dayOf(person, number), "L5 days");
  }
  const boards = boardTotals.map((row) => {
    const name = `${row.board}.${row.key}`;
    const { points, activityCount: count, listed, reachedAt } = row;
    const expected = [model.isListed(person), person.boardsReachedAt[name]];
    assert.deepEqual([listed, reachedAt], expected, name);
    return [name, { points, count }];
  });
  assert.deepEqual(Object.fromEntries(boards), model.boardsOf(person), "L5 boards");
  assert.strictEqual(new Set(boards.map(([name]) => name)).size, boards.length);
}

/** L4 and L9 of the events an operation made: who, why, by which rule, and for which request. */
export function checkNewEvents(before: Stored, after: Stored, expected: Expected): void {
  const known = new Set(before.tables.pointEvents.map(({ _id }) => _id));
  const made = after.tables.pointEvents.filter(({ _id }) => !known.has(_id));
  if (expected.refused !== undefined) return;
  const rows = new Map(after.tables.activities.map((row) => [row._id, row]));
  const rowsBefore = new Map(before.tables.activities.map((row) => [row._id, row]));
  const created = new Set<string>();
  for (const event of made) {
    const { actor, reason, requestId, activityId, kind } = event;
    assert.include(expected.actors, actor.kind, "L9 actor");
    assert.isAbove(reason.length, 0, "L9 reason");
    assert.strictEqual(requestId, expected.requestId, "L9 request");
    const row = activityId && rows.get(activityId);
    if (!row) throw new Error("an event about no row");
    // A row that returns as another type returns by its old type's rule first: versions count per type.
    const ruleVersions = [row.ruleVersion, rowsBefore.get(row._id)?.ruleVersion ?? 0];
    assert.isAtMost(event.ruleVersion, Math.max(...ruleVersions), "L9 rule version");
    assert.strictEqual(row.activityTypeId === null, event.ruleVersion === 0, "L9 rule version");
    const isOwn = row.source === "manual" || row.source === "api";
    if (!isOwn || kind !== "created" || requestId === undefined) continue;
    assert.isFalse(created.has(requestId), "L4 request");
    created.add(requestId);
  }
}

/** The boards as they are stored and read (L6), and the ranks once nothing is queued. */
export class Boards {
  constructor(private readonly stage: Stage) {}

  /** L6: the order of every board is exact, after every operation. */
  async check(): Promise<void> {
    const { t, challengeId } = this.stage.scene;
    const { page } = await t.query(api.queries.leaderboards.page, { challengeId });
    const shown = page.map(({ rank, userId, totalPoints }) => ({ rank, userId, totalPoints }));
    assert.deepEqual(shown, model.boardOf(this.everybody()), "L6");
    assert.isFalse(
      page.some(({ differs }) => differs),
      "L1 board",
    );
    for (const name of BOARDS) await this.checkPage(name, 25);
  }

  /** L6: ranks from the aggregates; nothing may be queued. */
  async checkRanks(): Promise<void> {
    await this.checkRanksOf({}, model.boardOf(this.everybody()));
    for (const name of BOARDS) {
      await this.checkRanksOf(boardArgs(name), model.partBoardOf(this.everybody(), name));
      await this.checkPage(name, 1);
    }
  }

  /** L8: rebuilt from the rows alone everything is as it is stored. */
  async verify(): Promise<void> {
    const { t, challengeId } = this.stage.scene;
    const verified = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    assert.deepInclude(verified, { checked: 3, findings: [], isDone: true }, "L8");
  }

  private everybody(): ModelPerson[] {
    return [...this.stage.people, this.stage.organiser()];
  }

  private async checkRanksOf(args: BoardArgs, board: ReturnType<typeof model.boardOf>) {
    const { t, challengeId } = this.stage.scene;
    const ranks = new Map(board.map((row) => [row.userId, row.rank]));
    for (const person of this.stage.people) {
      const isShown = person.status === "in" || model.isListed(person);
      const asked = { challengeId, userId: person.userId as Id<"users">, ...args };
      const { answer, refusal } = await attempt(t.query(api.queries.leaderboards.standing, asked));
      const rank = isShown ? (ranks.get(person.userId) ?? null) : undefined;
      assert.strictEqual(answer?.rank, rank, "L6 ranks");
      assert.strictEqual(refusal?.code, isShown ? undefined : "NOT_FOUND");
    }
  }

  /** A board of a week or category, read in pages of so many rows. */
  private async checkPage(name: string, limit: number): Promise<void> {
    const { t, challengeId } = this.stage.scene;
    const shown = [];
    let cursor: string | null = null;
    for (let isDone = false; !isDone;) {
      const args = { challengeId, cursor, limit, ...boardArgs(name) };
      const next: FunctionReturnType<typeof api.queries.leaderboards.page> = await t.query(
        api.queries.leaderboards.page,
        args,
      );
      shown.push(...next.page);
      ({ isDone, continueCursor: cursor } = next);
    }
    const rows = shown.map(({ rank, userId, totalPoints }) => ({ rank, userId, totalPoints }));
    assert.deepEqual(rows, model.partBoardOf(this.everybody(), name), "L6 part");
  }
}
