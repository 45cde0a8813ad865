import { assert } from "vitest";
import { api } from "../_generated/api";
import { awardBonusActivity, rescoreAccount, revokeBonusActivity } from "../lib/pointLedger";
import { runWhole } from "./jobs.setup";
import { settled } from "./ledger.setup";
import type { ModelRow } from "./model.setup";
import type { Of } from "./worldOperations.setup";
import {
  attempt,
  dayText,
  IDLE,
  isRuled,
  type Outcome,
  outcome,
  type Player,
  type Stage,
} from "./worldStage.setup";
import { WORLD_RULES } from "./worldTypes.setup";

const ROWS_PER_RESCORE = 25;
const AWARD_DAY = 5;
const SYSTEM = { actor: { kind: "system" } } as const;

/** Rules that change, rows that are scored by them again, awards by hand of the system, and repairs. */
export class Rules {
  constructor(private readonly stage: Stage) {}

  /** A changed rule is a new version; rows keep theirs. */
  async change({ type, rule: drawn, isProper }: Of<"rule">): Promise<Outcome> {
    const { stage } = this;
    const rules = WORLD_RULES[type];
    const rule = drawn % rules.length;
    const { admin, ada } = stage.scene;
    const caller = isProper ? admin : ada;
    const args = { activityTypeId: stage.types[type], ...rules[rule] };
    const { answer, refusal } = await attempt(
      caller.as.mutation(api.mutations.activityTypes.update, args),
    );
    const before = stage.current(type);
    const isNothing = before.rule === rule;
    const isIn = stage.person(0).status === "in";
    const code = isProper ? null : isIn ? "NOT_CHALLENGE_ADMIN" : "NOT_PARTICIPANT";
    if (code === null) {
      const version = isNothing ? before.version : before.version + 1;
      assert.strictEqual(answer?.version, version);
      const versions = stage.versions.get(type) ?? [before];
      if (!isNothing) stage.versions.set(type, [...versions, { rule, version }]);
    }
    return { expected: outcome(code, { isNothing }), refusal };
  }

  /** Brings all of somebody's rows to the current versions, in chunks as its job does. */
  async rescore({ who }: Of<"rescore">): Promise<Outcome> {
    const { stage } = this;
    const isStale = (row: ModelRow) => this.isStale(row);
    const person = stage.personWho(who, (one) => one.rows.some(isStale));
    const rows = person.rows.filter(({ type }) => type !== null);
    const isNothing = !rows.some(isStale);
    for (let from = 0; from < rows.length; from += ROWS_PER_RESCORE)
      await this.rescoreChunk(person, rows.slice(from, from + ROWS_PER_RESCORE));
    return {
      expected: outcome(null, { isNothing, actors: ["challengeAdmin"] }),
      refusal: null,
    };
  }

  private async rescoreChunk(person: Player, chunk: ModelRow[]): Promise<void> {
    const { stage } = this;
    const { userId } = stage.scene.admin;
    const versions = Object.fromEntries(
      Object.entries(stage.types).flatMap(([type, id]) =>
        type in WORLD_RULES ? [[id, stage.current(type as keyof typeof WORLD_RULES).version]] : [],
      ),
    );
    await stage.asSystem(person, async (ctx, account) => {
      const rows = await Promise.all(chunk.map((row) => stage.activity(ctx, row)));
      const actor = { kind: "challengeAdmin", userId } as const;
      return await rescoreAccount(ctx, { ...account, actor, rows, versions, note: "New rule" });
    });
    for (const row of chunk) {
      if (row.type === null || !this.isStale(row)) continue;
      row.scoredBy = stage.current(row.type);
      row.version += 1;
    }
    stage.settle(person);
  }

  private isStale({ type, isDeleted, isSealed, scoredBy }: ModelRow): boolean {
    if (type === null || isDeleted || isSealed || !isRuled(type)) return false;
    return this.stage.current(type).version !== scoredBy.version;
  }

  async award({ who, key, points }: Of<"award">): Promise<Outcome> {
    const { stage } = this;
    const person = stage.person(who);
    const awardKey = `award-${key}`;
    const existing = person.rows.find((row) => row.awardKey === awardKey);
    const loggedDate = dayText(AWARD_DAY);
    const source = "achievement" as const;
    const award = { ...SYSTEM, source, awardKey, points, label: "Award", loggedDate };
    const { refusal } = await attempt(
      stage.asSystem(person, async (ctx, account) =>
        awardBonusActivity(ctx, { ...account, ...award }),
      ),
    );
    const isNothing = existing !== undefined && !existing.isDeleted;
    if (existing && !isNothing)
      Object.assign(existing, { points, isDeleted: false, version: existing.version + 1 });
    if (!existing) {
      const facts = { source: "achievement", type: null, amount: 0 } as const;
      stage.addRow(person, { ...facts, day: AWARD_DAY, points, awardKey });
    }
    stage.settle(person);
    return { expected: outcome(null, { isNothing, actors: ["system"] }), refusal };
  }

  async revoke({ who, key }: Of<"revoke">): Promise<Outcome> {
    const { stage } = this;
    const isAward = ({ awardKey, isDeleted }: ModelRow) =>
      awardKey === `award-${key}` && !isDeleted;
    const person = stage.personWho(who, (one) => one.rows.some(isAward));
    const row = person.rows.find(({ awardKey }) => awardKey === `award-${key}`);
    if (row === undefined) return IDLE;
    const { refusal } = await attempt(
      stage.asSystem(person, async (ctx, account) => {
        const activity = await stage.activity(ctx, row);
        return await revokeBonusActivity(ctx, { ...account, ...SYSTEM, activity });
      }),
    );
    const isNothing = row.isDeleted;
    if (!isNothing) Object.assign(row, { isDeleted: true, version: row.version + 1 });
    stage.settle(person);
    return { expected: outcome(null, { isNothing, actors: ["system"] }), refusal };
  }

  /** Where nothing is wrong a repair changes nothing. It is dear, so not every one that is drawn is run. */
  async repair({ isDue }: Of<"repair">): Promise<Outcome> {
    if (!isDue) return IDLE;
    await settled(this.stage.scene.t);
    const { job, findings } = await runWhole(this.stage.scene, "repair");
    assert.deepEqual(findings, []);
    assert.strictEqual(job.status, "completed");
    return { expected: outcome(null, { isNothing: true }), refusal: null };
  }
}
