import { vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { activityPointsAggregate } from "../lib/activityPointsAggregate";
import { clearAggregate } from "../lib/activityWrites";
import { refusalOf } from "../lib/errors";
import { sealCtx } from "../lib/tableOwners";
import { asNewPerson, refusalFrom } from "./backend.setup";
import { accountOf, km, log, type Member, newScene, rowOf, type Scene } from "./ledger.setup";
import {
  dayOf,
  type ModelPerson,
  type ModelRow,
  newPerson,
  newRow,
  streakOf,
  totalOf,
} from "./model.setup";

/** A row, the version it was scored by, and whether it was out of the count while the job ran. */
type Row = ModelRow & { ruleVersion: number; wasDeleted?: boolean };
type Person = Omit<ModelPerson, "rows"> & { rows: Row[] };

export type Kind = "verify" | "repair" | "backfill" | "rescore";

/**
 * A challenge that jobs run over while its people go on, and a model of what its people have. Each disturbance is a real
 * call; what it should mean for points is said again in the model.
 */
export class Traffic {
  private readonly people = new Map<Id<"users">, Person>();
  private calls = 0;
  /** Points a km gives by each version of the rule; the last one is the rule of now. */
  private readonly rates = [10];
  private isCyIn = true;
  /** The version a rescore began with. */
  private pinned = 0;

  private constructor(
    readonly scene: Scene,
    private readonly cy: Member,
  ) {}

  static async begin(): Promise<Traffic> {
    const scene = await newScene();
    const { t, challengeId, bob, ada } = scene;
    const cy = await asNewPerson(t, "Cy", { timezone: "UTC" });
    await cy.as.mutation(api.mutations.challenges.join, { challengeId });
    const traffic = new Traffic(scene, cy);
    for (const { userId } of [ada, bob])
      traffic.people.set(userId, { ...newPerson(userId, 0), rows: [] });
    for (const who of [ada, ada, bob, bob]) await traffic.log(who);
    return traffic;
  }

  /** What somebody may do at a boundary, by name. */
  readonly disturbances: Record<string, (jobId: Id<"jobs">) => Promise<unknown>> = {
    log: async () => await this.log(this.anybody()),
    edit: async () => await this.edit(),
    delete: async () => await this.removeOne(),
    restore: async () => await this.restoreOne(),
    join: async () => await this.joinOrLeave(),
    "rule change": async () => await this.changeRule(),
    "second start": async (jobId) => await this.startAgain(jobId),
    freeze: async (jobId) => await this.freeze(jobId),
  };

  private pointsOf(amount: number, ruleVersion: number): number {
    return (amount * (this.rates[ruleVersion - 1] ?? NaN)) / 1_000;
  }

  private anybody(): Member {
    this.calls += 1;
    return this.calls % 2 === 0 ? this.scene.ada : this.scene.bob;
  }

  private modelOf({ userId }: Member): Person {
    const person = this.people.get(userId);
    if (person === undefined) throw new Error("nobody");
    return person;
  }

  /** A call of a person whose account a backfill has not reached yet is refused, and changes nothing. */
  private async unlessUnopened<Answer>(call: Promise<Answer>): Promise<Answer | null> {
    try {
      return await call;
    } catch (error) {
      if (refusalOf(error)?.code === "NOT_FOUND") return null;
      throw error;
    }
  }

  private async log(who: Member): Promise<void> {
    this.calls += 1;
    const day = 3 + (this.calls % 8);
    const amount = 1_000 + 100 * (this.calls % 7);
    const loggedDate = `2026-06-${String(day).padStart(2, "0")}`;
    const made = await this.unlessUnopened(
      log(this.scene, who, { loggedDate, metrics: km(amount / 1000) }),
    );
    if (made === null) return;
    const ruleVersion = this.rates.length;
    const facts = { number: this.calls, source: "manual", type: "run" } as const;
    const points = this.pointsOf(amount, ruleVersion);
    const row = newRow({ ...facts, id: made.activityId, day, amount, points });
    this.modelOf(who).rows.push({ ...row, ruleVersion });
  }

  private someRow(isDeleted: boolean) {
    const who = this.anybody();
    const rows = this.modelOf(who).rows.filter((row) => row.isDeleted === isDeleted);
    const row = rows[this.calls % Math.max(1, rows.length)];
    return row === undefined ? null : { who, row, activityId: row.id as Id<"activities"> };
  }

  private async edit(): Promise<void> {
    const found = this.someRow(false);
    if (found === null) return;
    const { who, row, activityId } = found;
    const amount = row.amount + 300;
    const change = { activityId, metrics: km(amount / 1000) };
    const done = await this.unlessUnopened(who.as.mutation(api.mutations.activities.edit, change));
    if (done === null) return;
    // By the version the row has by now: a rescore may have passed.
    const { ruleVersion } = await rowOf(this.scene.t, activityId);
    Object.assign(row, { amount, ruleVersion, points: this.pointsOf(amount, ruleVersion) });
  }

  private async removeOne(): Promise<void> {
    const found = this.someRow(false);
    if (found === null) return;
    const { who, row, activityId } = found;
    const call = who.as.mutation(api.mutations.activities.remove, { activityId });
    if ((await this.unlessUnopened(call)) !== null)
      Object.assign(row, { isDeleted: true, wasDeleted: true });
  }

  private async restoreOne(): Promise<void> {
    const found = this.someRow(true);
    if (found === null) return await this.removeOne();
    const { who, row, activityId } = found;
    const call = who.as.mutation(api.mutations.activities.restore, { activityId });
    if ((await this.unlessUnopened(call)) !== null) row.isDeleted = false;
  }

  private async joinOrLeave(): Promise<void> {
    const { scene, cy } = this;
    const { challengeId } = scene;
    const { challenges } = api.mutations;
    if (this.isCyIn) await this.unlessUnopened(cy.as.mutation(challenges.leave, { challengeId }));
    else await cy.as.mutation(challenges.join, { challengeId });
    this.isCyIn = !this.isCyIn;
  }

  private async changeRule(): Promise<void> {
    this.calls += 1;
    const activityTypeId = this.scene.types.run;
    const category = `Category ${this.calls % 3}`;
    // Whole points for every 100 m, and never the rule of before.
    const pointsPerUnit = 10 + 10 * (this.rates.length % 4);
    const scoring = { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit } as const;
    const change = { activityTypeId, category, scoring };
    await this.scene.admin.as.mutation(api.mutations.activityTypes.update, change);
    this.rates.push(pointsPerUnit);
  }

  private async startAgain(jobId: Id<"jobs">): Promise<void> {
    const { t, challengeId } = this.scene;
    const job = await t.run(async (ctx) => await ctx.db.get("jobs", jobId));
    const kind = (["verify", "repair", "backfill", "rescore"] as const).find(
      (one) => one === job?.kind,
    );
    if (job === null || kind === undefined) return;
    const args = { challengeId, kind, dryRun: job.dryRun };
    const again = await t.mutation(internal.mutations.maintenance.startInternal, args);
    if (again.jobId !== jobId) throw new Error("a second job was started");
  }

  /** An organiser freezes the standings after grace: not while a job is at half of its work. */
  private async freeze(jobId: Id<"jobs">): Promise<void> {
    const { t, challengeId, admin } = this.scene;
    const job = await t.run(async (ctx) => await ctx.db.get("jobs", jobId));
    // One that writes nothing stops nobody.
    if (job === null || job.dryRun) return;
    const now = Date.now();
    vi.setSystemTime(new Date("2026-07-03T00:00:00Z"));
    const call = admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    const refusal = await refusalFrom(call);
    vi.setSystemTime(now);
    if (refusal.code !== "JOB_UNDER_WAY") throw new Error(`refused ${refusal.code}`);
  }

  /** What is not as the model says, or not as verify wants it; null when all is well. */
  async difference(): Promise<string | null> {
    const { t, challengeId } = this.scene;
    for (const who of [this.scene.ada, this.scene.bob]) {
      const person = this.modelOf(who);
      const { standing, days } = await accountOf(this.scene, who);
      const live = person.rows.filter((row) => !row.isDeleted);
      const expected = [totalOf(person), live.length, streakOf(person).longest];
      const { totalPoints, activityCount, longestStreak } = standing;
      const actual = [totalPoints, activityCount, longestStreak];
      if (String(expected) !== String(actual))
        return `${String(actual)} and not ${String(expected)}`;
      for (const { day, points } of days)
        if (points !== dayOf(person, Number(day.slice(-2))).points) return `${day} has ${points}`;
    }
    const { findings } = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    return findings.length === 0 ? null : JSON.stringify(findings);
  }

  /** Makes the challenge one that the job of this kind has something to do for. */
  async prepare(kind: Kind): Promise<void> {
    if (kind === "repair") await this.damage();
    if (kind === "backfill") await this.forget();
    if (kind !== "rescore") return;
    await this.changeRule();
    this.pinned = this.rates.length;
    for (const { rows } of this.people.values())
      for (const row of rows) row.wasDeleted = row.isDeleted;
  }

  /**
   * What a rescore means: rows that counted all the time have the version it began with, or a newer one. Answers who was
   * left behind; null when nobody was.
   */
  async rescored(): Promise<string | null> {
    for (const { rows } of this.people.values())
      for (const row of rows) {
        const { ruleVersion } = await rowOf(this.scene.t, row.id as Id<"activities">);
        const wanted = Math.max(row.ruleVersion, this.pinned);
        if (row.wasDeleted ? ruleVersion > wanted : ruleVersion !== wanted)
          return `${row.id} has version ${ruleVersion} and not ${wanted}`;
        Object.assign(row, { ruleVersion, points: this.pointsOf(row.amount, ruleVersion) });
      }
    return null;
  }

  private async damage(): Promise<void> {
    const { t, ada, bob } = this.scene;
    const adas = await accountOf(this.scene, ada);
    const bobs = await accountOf(this.scene, bob);
    await t.run(async (ctx) => {
      const totalPoints = bobs.standing.totalPoints + 7;
      const wrong = { totalPoints, negTotal: -1, activityCount: 50, longestStreak: 99 };
      await ctx.db.patch("standings", bobs.standing._id, wrong);
      const [day] = adas.days;
      if (day) await ctx.db.patch("dayTotals", day._id, { points: day.points + 5 });
      const [board] = bobs.boards;
      if (board) await ctx.db.delete("boardTotals", board._id);
      // Of somebody without rows, since the strict calls of live changes would notice.
      const [row] = adas.rows;
      const { userId } = this.cy;
      if (row) await activityPointsAggregate.insertIfDoesNotExist(ctx, { ...row, userId });
    });
  }

  /** What a first deploy over old data finds: nobody's sums, and of Bob rows alone. */
  private async forget(): Promise<void> {
    const { t, challengeId, ada, bob } = this.scene;
    const adas = await accountOf(this.scene, ada);
    const bobs = await accountOf(this.scene, bob);
    await t.run(async (raw) => {
      await clearAggregate(sealCtx(raw), challengeId);
      const { db } = raw;
      await db.patch("challenges", challengeId, { aggregateState: undefined });
      for (const { _id } of [...adas.boards, ...bobs.boards]) await db.delete("boardTotals", _id);
      for (const { _id } of bobs.days) await db.delete("dayTotals", _id);
      for (const { _id } of bobs.events) await db.delete("pointEvents", _id);
      await db.delete("standings", bobs.standing._id);
    });
  }
}
