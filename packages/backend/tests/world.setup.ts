import type { FunctionArgs, FunctionReturnType } from "convex/server";
import fc from "fast-check";
import { assert, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { needChallenge } from "../lib/access";
import { totalsOf as aggregateTotals } from "../lib/challengePoints";
import { type Refusal, refusalOf } from "../lib/errors";
import { awardBonusActivity, revokeBonusActivity } from "../lib/pointLedger";
import type { VerbArgs } from "../lib/pointLedger/commit";
import { sealCtx, type WriteCtx } from "../lib/tableOwners";
import { type Member, type Scene, settled, uuid } from "./ledger.setup";
import * as model from "./model.setup";
import type { Expected, ModelPerson, ModelRow } from "./model.setup";

const TYPE_NAMES = ["run", "run", "stretch", "drink", "hike", "rest"] as const;

const day = fc.integer({ min: 1, max: 11 });
const amount = fc.nat(3000);
const who = fc.nat(1);
const pick = fc.nat(30);
const type = fc.constantFrom(...TYPE_NAMES);
const asAdmin = fc.boolean();
const isStale = fc.boolean();
const kind = <Kind extends string>(name: Kind) => fc.constant(name);
const archiveRow = fc.record({
  number: fc.nat(5),
  day,
  amount,
  sport: fc.constantFrom("Run", "Run", "Run", "Curling"),
});

/** One thing somebody may do; which row or person it is about is settled when it runs. */
export const operation = fc.oneof(
  // A failing sequence shrinks to the operations it needs, with nothing in the place of the others.
  { withCrossShrink: true },
  { weight: 1, arbitrary: fc.record({ kind: kind("nothing") }) },
  { weight: 6, arbitrary: fc.record({ kind: kind("log"), who, type, day, amount, asAdmin }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: kind("edit"), pick, type, day, amount, asAdmin, isStale }),
  },
  { weight: 3, arbitrary: fc.record({ kind: kind("remove"), pick, asAdmin, isStale }) },
  { weight: 3, arbitrary: fc.record({ kind: kind("restore"), pick, asAdmin, isStale }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind("import"),
      who,
      rows: fc.array(archiveRow, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind("award"), who, key: fc.nat(1), points: amount }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("revoke"), who, key: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind("leave"), who }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("join"), who }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("rank"), who, ranked: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("replay") }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("hostile"), who, variant: fc.nat(7) }) },
);
type Logged = FunctionReturnType<typeof api.mutations.activities.log>;
type LogArgs = FunctionArgs<typeof api.mutations.activities.log>;
type Drawn<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never;
type Operation = Drawn<typeof operation>;
type Of<Kind extends Operation["kind"]> = Extract<Operation, { kind: Kind }>;

const dayText = (number: number) => `2026-06-${String(number).padStart(2, "0")}`;
const metricsOf = (size: number) => ({ distance_m: size, count: size % 5 });

/** A scene and the model beside it; every operation goes through both. */
export class World {
  private readonly people: Array<ModelPerson & { member: Member }>;
  private readonly startedAt = Date.now();
  private calls = 0;
  private lastLog: { by: Member; args: LogArgs; answer: Logged } | null = null;

  constructor(private readonly scene: Scene) {
    const person = (member: Member) => ({
      member,
      userId: member.userId,
      isIn: true,
      isRanked: true,
      rows: [],
      reachedAt: this.startedAt,
      boardsReachedAt: {},
    });
    this.people = [person(scene.ada), person(scene.bob)];
  }

  /** Runs one operation, compares its outcome with the model's, and everything stored with the model. */
  async run(operation: Operation): Promise<void> {
    vi.setSystemTime(Date.now() + 60_000);
    const before = await this.stored();
    const given = this.people.map(model.pointsGiven);
    const onBoards = this.people.map(model.boardsGiven);
    const { expected, refusal } = await this.apply(operation);
    assert.strictEqual(refusal?.code, expected.refused);
    const after = await this.stored();
    // The idempotency record of a call that had nothing to do is no change of the ledger.
    const isUnchanged = expected.refused !== undefined || expected.isNothing;
    if (isUnchanged) assert.deepEqual(after, before, "nothing may change");
    for (const [index, person] of this.people.entries()) {
      if (model.pointsGiven(person) !== given[index]) person.reachedAt = Date.now();
      for (const [name, text] of Object.entries(model.boardsGiven(person))) {
        if (onBoards[index]?.[name] !== text) person.boardsReachedAt[name] = Date.now();
      }
      await this.checkPerson(person, after);
    }
    await this.checkBoard();
  }

  /** What holds once the queue of ranks is empty. */
  async finish(): Promise<void> {
    const { t, challengeId } = this.scene;
    await settled(t);
    const everybody = [...this.people, this.organiser()];
    await this.checkRanks({}, model.boardOf(everybody));
    for (const name of BOARDS) {
      await this.checkRanks(boardArgs(name), model.partBoardOf(everybody, name));
      await this.checkPage(name, 1);
    }
    const verified = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    assert.deepInclude(verified, { checked: 3, findings: [], isDone: true });
  }

  /** Ranks as they are counted by the aggregate: those of the model's board, none for people who are not on it. */
  private async checkRanks(args: BoardArgs, board: ReturnType<typeof model.boardOf>) {
    const { t, challengeId } = this.scene;
    const ranks = new Map(board.map((row) => [row.userId, row.rank]));
    for (const { userId, isIn } of this.people) {
      const asked = { challengeId, userId: userId as Id<"users">, ...args };
      const { answer, refusal } = await attempt(t.query(api.queries.leaderboards.standing, asked));
      assert.strictEqual(answer?.rank, isIn ? (ranks.get(userId) ?? null) : undefined, "L6 ranks");
      assert.strictEqual(refusal?.code, isIn ? undefined : "NOT_FOUND");
    }
  }

  /** A board of a week or category, read in pages of so many rows. */
  private async checkPage(name: string, limit: number): Promise<void> {
    const { t, challengeId } = this.scene;
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
    assert.deepEqual(rows, model.partBoardOf([...this.people, this.organiser()], name), "L6 part");
  }

  private async apply(
    operation: Operation,
  ): Promise<{ expected: Expected; refusal: Refusal | null }> {
    switch (operation.kind) {
      case "nothing":
        return NOTHING;
      case "log":
        return await this.log(operation);
      case "edit":
        return await this.edit(operation);
      case "remove":
      case "restore":
        return await this.removeOrRestore(operation);
      case "import":
        return await this.importRows(operation);
      case "award":
        return await this.award(operation);
      case "revoke":
        return await this.revoke(operation);
      case "leave":
      case "join":
        return await this.leaveOrJoin(operation);
      case "rank":
        return await this.setRanked(operation);
      case "replay":
        return await this.replay();
      case "hostile":
        return await this.hostile(operation);
    }
  }

  private async log({ who, type, day, amount, asAdmin }: Of<"log">) {
    const person = this.person(who);
    const code = !person.isIn
      ? asAdmin
        ? "NOT_FOUND"
        : "NOT_PARTICIPANT"
      : model.fits(person, { type, day }, { isAdmin: asAdmin });
    this.calls += 1;
    const args = {
      challengeId: this.scene.challengeId,
      activityTypeId: this.scene.types[type],
      loggedDate: dayText(day),
      metrics: metricsOf(amount),
      requestId: uuid(this.calls),
      ...(asAdmin ? { onBehalfOf: person.member.userId, reason: "On paper" } : {}),
    };
    const by = asAdmin ? this.scene.admin : person.member;
    const { answer, refusal } = await attempt(this.sendLog(by, args));
    if (code === null && answer) {
      const points = model.pointsFor(type, amount);
      const row = { id: answer.activityId, type, day, amount, points };
      person.rows.push({ ...row, isDeleted: false, isSticky: false, version: 1 });
      this.lastLog = { by, args, answer };
      assert.strictEqual(answer.pointsEarned, points);
      assert.strictEqual(answer.totalPoints, model.totalOf(person));
    }
    return { expected: outcome(code, false), refusal };
  }

  private async sendLog(by: Member, args: LogArgs) {
    return await by.as.mutation(api.mutations.activities.log, args);
  }

  private async edit(operation: Of<"edit">) {
    const found = this.ownRow(operation.pick);
    if (found === null) return NOTHING;
    const { person, row } = found;
    const { type, day, amount, asAdmin, isStale } = operation;
    const isSame = row.type === type && row.day === day && row.amount === amount;
    const fit = () => model.fits(person, { type, day }, { isAdmin: asAdmin, self: row });
    const code =
      rowCode(found, operation) ?? (row.isDeleted ? "ACTIVITY_DELETED" : isSame ? null : fit());
    const { refusal } = await attempt(
      this.by(person, asAdmin).mutation(api.mutations.activities.edit, {
        activityId: row.id as Id<"activities">,
        activityTypeId: this.scene.types[type],
        loggedDate: dayText(day),
        metrics: metricsOf(amount),
        ...this.rowOptions(row, { asAdmin, isStale }),
      }),
    );
    if (code === null && !isSame) {
      Object.assign(row, { type, day, amount, points: model.pointsFor(type, amount) });
      row.version += 1;
      row.isSticky ||= asAdmin;
    }
    return { expected: outcome(code, isSame), refusal };
  }

  private async removeOrRestore(operation: Of<"remove"> | Of<"restore">) {
    const found = this.ownRow(operation.pick);
    if (found === null) return NOTHING;
    const { person, row } = found;
    const { asAdmin } = operation;
    const isRemove = operation.kind === "remove";
    const isNothing = row.isDeleted === isRemove;
    const isStale = operation.isStale && !isNothing;
    // Removing takes back what a person claimed: they may, whoever corrected it.
    const asked = { person, row: isRemove ? { isSticky: false } : row };
    const member = rowCode(asked, { asAdmin, isStale });
    const typed = { type: row.type ?? "run", day: row.day };
    const fit = () => model.fits(person, typed, { isAdmin: asAdmin, self: row });
    const code = member ?? (isRemove || isNothing ? null : fit());
    const door = api.mutations.activities[operation.kind];
    const { refusal } = await attempt(
      this.by(person, asAdmin).mutation(door, {
        activityId: row.id as Id<"activities">,
        ...this.rowOptions(row, operation),
      }),
    );
    if (code === null && !isNothing) {
      row.isDeleted = isRemove;
      row.version += 1;
      row.isSticky ||= asAdmin;
    }
    return { expected: outcome(code, isNothing), refusal };
  }

  private async importRows({ who, rows }: Of<"import">) {
    const person = this.person(who);
    const sent = rows.map(({ number, day, amount, sport }) => ({
      externalId: `ride-${number}`,
      sport,
      startedAt: Date.parse(`${dayText(day)}T08:00:00Z`),
      loggedDate: dayText(day),
      metrics: metricsOf(amount),
    }));
    const { challengeId } = this.scene;
    const args = { challengeId, source: "archive" as const, rows: sent, allowDuplicates: true };
    const { answer, refusal } = await attempt(
      person.member.as.mutation(api.mutations.imports.importActivities, args),
    );
    if (!person.isIn) return { expected: outcome("NOT_PARTICIPANT", false), refusal };
    const wanted = this.importAll(person, rows);
    const told = answer?.results.map(({ status, reason }) => reason ?? status);
    assert.deepEqual(told, wanted);
    await this.learnIds(person);
    const isNothing = wanted.every((one) => one !== "created" && one !== "updated");
    return { expected: outcome(null, isNothing), refusal };
  }

  /** What the model says about a chunk: the first row of an id counts, and rows that found no place try again. */
  private importAll(person: ModelPerson, rows: Array<Drawn<typeof archiveRow>>): string[] {
    const told = new Map<number, string>();
    for (const row of rows) {
      if (!told.has(row.number)) told.set(row.number, this.importRow(person, row));
    }
    for (let hasMoved = [...told.values()].includes("updated"); hasMoved;) {
      hasMoved = false;
      for (const [number, reason] of told) {
        const row = rows.find((one) => one.number === number);
        if (reason !== "LIMIT_REACHED" || row === undefined) continue;
        const again = this.importRow(person, row);
        told.set(number, again);
        hasMoved ||= again === "updated";
      }
    }
    return rows.map((row, index) => {
      const said = told.get(row.number) ?? "";
      const isFirst = rows.findIndex(({ number }) => number === row.number) === index;
      return !isFirst && ["created", "updated"].includes(said) ? "exists" : said;
    });
  }

  /** What the model says about one archive row, which it takes in. */
  private importRow(
    person: ModelPerson,
    { number, day, amount, sport }: Drawn<typeof archiveRow>,
  ): string {
    const externalId = `ride-${number}`;
    const content = JSON.stringify([day, amount, sport]);
    const row = person.rows.find((one) => one.externalId === externalId);
    if (row?.isDeleted) return "DELETED";
    if (row?.content === content) return "exists";
    if (row?.isSticky) return "ADMIN_CHANGED";
    if (row === undefined && sport === "Curling") return "UNMAPPED_SPORT";
    const type = sport === "Run" ? "run" : (row?.type ?? "run");
    const isSame = row?.type === type && row.day === day && row.amount === amount;
    const code = isSame ? null : model.fits(person, { type, day }, { isAdmin: false, self: row });
    if (code !== null) return code;
    const facts = { type, day, amount, points: model.pointsFor(type, amount), content };
    if (row) {
      Object.assign(row, facts, { version: row.version + 1 });
      return "updated";
    }
    const state = { isDeleted: false, isSticky: false, version: 1 };
    person.rows.push({ id: "", externalId, ...facts, ...state });
    return "created";
  }

  /** Imports answer no ids: the model takes them from the rows. */
  private async learnIds(person: ModelPerson): Promise<void> {
    const { activities } = await this.stored();
    for (const row of person.rows) {
      const stored = activities.find(
        (one) => one.userId === person.userId && one.externalId === row.externalId,
      );
      if (row.id === "" && stored) row.id = stored._id;
    }
  }

  private async award({ who, key, points }: Of<"award">) {
    const person = this.person(who);
    const awardKey = `award-${key}`;
    const existing = person.rows.find((row) => row.awardKey === awardKey);
    const { answer, refusal } = await attempt(
      this.asSystem(person, (ctx, args) =>
        awardBonusActivity(ctx, {
          ...args,
          source: "achievement",
          awardKey,
          loggedDate: dayText(5),
          points,
          label: "Award",
        }),
      ),
    );
    const isNothing = existing !== undefined && !existing.isDeleted;
    if (existing && !isNothing) {
      Object.assign(existing, { points, isDeleted: false, version: existing.version + 1 });
    } else if (answer && !existing) {
      const row = { id: answer.activityId, type: null, day: 5, amount: 0, points, awardKey };
      person.rows.push({ ...row, isDeleted: false, isSticky: false, version: 1 });
    }
    return { expected: outcome(null, isNothing), refusal };
  }

  private async revoke({ who, key }: Of<"revoke">) {
    const person = this.person(who);
    const row = person.rows.find(({ awardKey }) => awardKey === `award-${key}`);
    if (row === undefined) return NOTHING;
    const { refusal } = await attempt(
      this.asSystem(person, async (ctx, args) => {
        const activity = await ctx.db.get("activities", row.id as Id<"activities">);
        if (activity === null) throw new Error("no award");
        return await revokeBonusActivity(ctx, { ...args, activity });
      }),
    );
    const isNothing = row.isDeleted;
    if (!isNothing) Object.assign(row, { isDeleted: true, version: row.version + 1 });
    return { expected: outcome(null, isNothing), refusal };
  }

  private async asSystem<Answer>(
    { userId }: ModelPerson,
    run: (ctx: WriteCtx, args: VerbArgs) => Promise<Answer>,
  ): Promise<Answer> {
    return await this.scene.t.run(async (raw) => {
      const ctx = sealCtx(raw);
      const challenge = await needChallenge(ctx, this.scene.challengeId);
      const actor = { kind: "system" } as const;
      return await run(ctx, { challenge, userId: userId as Id<"users">, actor });
    });
  }

  private async leaveOrJoin({ kind, who }: Of<"leave"> | Of<"join">) {
    const person = this.person(who);
    const { challengeId } = this.scene;
    const wasIn = person.isIn;
    const { refusal } = await attempt(
      person.member.as.mutation(api.mutations.challenges[kind], { challengeId }),
    );
    person.isIn = kind === "join";
    const code = kind === "leave" && !wasIn ? "NOT_PARTICIPANT" : null;
    return { expected: outcome(code, wasIn === person.isIn), refusal };
  }

  private async setRanked({ who, ranked }: Of<"rank">) {
    const person = this.person(who);
    const { challengeId } = this.scene;
    const { setRanked } = api.mutations.participations;
    const { refusal } = await attempt(
      person.member.as.mutation(setRanked, { challengeId, ranked }),
    );
    const isNothing = person.isRanked === ranked;
    if (person.isIn) person.isRanked = ranked;
    return { expected: outcome(person.isIn ? null : "NOT_PARTICIPANT", isNothing), refusal };
  }

  private async replay() {
    if (this.lastLog === null) return NOTHING;
    const { by, args, answer } = this.lastLog;
    const author = this.people.find(({ member }) => member === by);
    const subject = this.people.find(({ userId }) => userId === args.onBehalfOf);
    const again = await attempt(this.sendLog(by, args));
    if (author?.isIn === false) return { expected: outcome("NOT_PARTICIPANT", true), ...again };
    if (subject?.isIn === false) return { expected: outcome("NOT_FOUND", true), ...again };
    assert.deepEqual(again.answer, { ...answer, status: "exists" });
    return { expected: outcome(null, true), refusal: again.refusal };
  }

  private async hostile({ who, variant }: Of<"hostile">) {
    const person = this.person(who);
    const bad = HOSTILE[variant % HOSTILE.length] ?? {};
    const { refusal } = await attempt(
      person.member.as.mutation(api.mutations.activities.log, {
        challengeId: this.scene.challengeId,
        activityTypeId: this.scene.types.run,
        loggedDate: dayText(10),
        metrics: { distance_m: 1000 },
        ...bad,
      }),
    );
    return { expected: outcome(person.isIn ? "INVALID_INPUT" : "NOT_PARTICIPANT", true), refusal };
  }

  private async checkPerson(person: ModelPerson, stored: Stored): Promise<void> {
    const own = <Row extends { userId: string }>(rows: Row[]) =>
      rows.filter((row) => row.userId === person.userId);
    const streak = model.streakOf(person);
    const total = model.totalOf(person);
    const rows = own(stored.activities);
    const [standing] = own(stored.standings);
    const events = own(stored.pointEvents).sort((a, b) => a.seq - b.seq);

    const plain = rows.filter(({ source }) => source !== "streak");
    assert.deepEqual(
      plain.map((row) => [row._id, row.pointsEarned, row.deletedAt !== undefined, row.version]),
      person.rows.map((row) => [row.id, row.points, row.isDeleted, row.version]),
    );
    const live = rows.filter((row) => row.deletedAt === undefined);
    assert.strictEqual(
      live.reduce((sum, row) => sum + row.pointsEarned, 0),
      total,
      "L1 rows",
    );
    assert.strictEqual(stored.sums[person.userId], total, "L1 aggregate");
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
      "standing",
    );
    assert.strictEqual(events.at(-1)?.totalAfter ?? 0, total, "L1 last event");
    let running = 0;
    for (const [index, event] of events.entries()) {
      running += event.pointsAfter - event.pointsBefore;
      assert.deepEqual([event.seq, event.totalAfter], [index + 1, running], "L3");
    }
    for (const row of rows) {
      const given = events
        .filter(({ activityId }) => activityId === row._id)
        .reduce((sum, event) => sum + event.pointsAfter - event.pointsBefore, 0);
      assert.strictEqual(given, row.deletedAt === undefined ? row.pointsEarned : 0, "L2");
    }
    const days = new Map(own(stored.dayTotals).map((row) => [row.day, row]));
    for (let number = 1; number <= 30; number += 1) {
      const { points, streakPoints, activityCount } = days.get(dayText(number)) ?? EMPTY_DAY;
      const count = activityCount;
      assert.deepEqual({ points, streakPoints, count }, model.dayOf(person, number), "L5");
    }
    const boards = own(stored.boardTotals).map((row) => {
      const name = `${row.board}.${row.key}`;
      const { points, activityCount: count, listed, reachedAt } = row;
      const expected = [model.isListed(person), person.boardsReachedAt[name]];
      assert.deepEqual([listed, reachedAt], expected, name);
      return [name, { points, count }];
    });
    assert.deepEqual(Object.fromEntries(boards), model.boardsOf(person), "L5 boards");
    assert.strictEqual(new Set(boards.map(([name]) => name)).size, boards.length);
  }

  private async checkBoard(): Promise<void> {
    const { t, challengeId } = this.scene;
    const { page } = await t.query(api.queries.leaderboards.page, { challengeId });
    const shown = page.map(({ rank, userId, totalPoints }) => ({ rank, userId, totalPoints }));
    const everybody = [...this.people, this.organiser()];
    assert.deepEqual(shown, model.boardOf(everybody), "L6");
    assert.strictEqual(
      page.some(({ differs }) => differs),
      false,
    );
    for (const name of BOARDS) await this.checkPage(name, 25);
  }

  private organiser(): ModelPerson {
    const { userId } = this.scene.admin;
    const { startedAt: reachedAt } = this;
    return { userId, isIn: true, isRanked: true, rows: [], reachedAt, boardsReachedAt: {} };
  }

  private person(index: number) {
    const person = this.people[index % this.people.length];
    if (person === undefined) throw new Error("no such person");
    return person;
  }

  /** One of the rows people wrote, of anybody. */
  private ownRow(
    index: number,
  ): { person: ModelPerson & { member: Member }; row: ModelRow } | null {
    const all = this.people.flatMap((person) =>
      person.rows.filter(({ type }) => type !== null).map((row) => ({ person, row })),
    );
    return all[index % Math.max(all.length, 1)] ?? null;
  }

  private by(person: { member: Member }, asAdmin: boolean) {
    return asAdmin ? this.scene.admin.as : person.member.as;
  }

  private rowOptions(row: ModelRow, { asAdmin, isStale }: { asAdmin: boolean; isStale: boolean }) {
    const expectedVersion = isStale ? row.version + 1 : row.version;
    return { expectedVersion, ...(asAdmin ? { reason: "Checked" } : {}) };
  }

  async stored() {
    const { t, challengeId } = this.scene;
    return await t.run(async (ctx) => {
      const standings = await ctx.db.query("standings").collect();
      const userIds = standings.map(({ userId }) => userId);
      const totals = await aggregateTotals(ctx, challengeId, userIds);
      return {
        activities: await ctx.db.query("activities").collect(),
        standings,
        dayTotals: await ctx.db.query("dayTotals").collect(),
        boardTotals: await ctx.db.query("boardTotals").collect(),
        pointEvents: await ctx.db.query("pointEvents").collect(),
        eventNotes: await ctx.db.query("eventNotes").collect(),
        participations: await ctx.db.query("participations").collect(),
        sums: Object.fromEntries(userIds.map((userId, index) => [userId, totals[index]])),
      };
    });
  }
}
type Stored = Awaited<ReturnType<World["stored"]>>;

const BOARDS = ["week.1", "week.2", "category.Moving", "category.Treats"];
type BoardArgs = Pick<FunctionArgs<typeof api.queries.leaderboards.page>, "board" | "key">;

function boardArgs(name: string): BoardArgs {
  const [board, key] = name.split(".");
  return { board: board === "week" ? "week" : "category", key };
}

const EMPTY_DAY = { points: 0, streakPoints: 0, activityCount: 0 };
const NOTHING = { expected: outcome(null, true), refusal: null };

/** What no log may take, whoever sends it. */
const HOSTILE = [
  { metrics: { distance_m: Number.NaN } },
  { metrics: { distance_m: Number.POSITIVE_INFINITY } },
  { metrics: { distance_m: -1 } },
  { metrics: { distance_m: 1e308 } },
  { metrics: { distance_m: 0.0001 } },
  { metrics: {} },
  { loggedDate: "2026-02-30" },
  { notes: "x".repeat(2001) },
];

function outcome(code: Refusal["code"] | null, isNothing: boolean): Expected {
  return code === null ? { isNothing } : { refused: code };
}

/** Refusals that come before what an operation does with a row. */
function rowCode(
  { person, row }: { person: ModelPerson; row: Pick<ModelRow, "isSticky"> },
  { asAdmin, isStale }: { asAdmin: boolean; isStale: boolean },
): Refusal["code"] | null {
  if (!asAdmin && !person.isIn) return "NOT_PARTICIPANT";
  if (!asAdmin && row.isSticky) return "NOT_CHALLENGE_ADMIN";
  return isStale ? "STALE_VERSION" : null;
}

async function attempt<Answer>(
  call: Promise<Answer>,
): Promise<{ answer: Answer | null; refusal: Refusal | null }> {
  try {
    return { answer: await call, refusal: null };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return { answer: null, refusal };
  }
}
