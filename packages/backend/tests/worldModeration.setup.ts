import { assert } from "vitest";
import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ErrorCode } from "../lib/errors";
import * as model from "./model.setup";
import type { Deed, ModelRow } from "./model.setup";
import { applyEdit, applySwitch, editCode, isSameDeed, restoreCode } from "./worldActivities.setup";
import type { Of } from "./worldOperations.setup";
import {
  attempt,
  dayText,
  IDLE,
  type Outcome,
  outcome,
  type Player,
  type Stage,
} from "./worldStage.setup";

const { moderation } = api.mutations;
const REASON = { reason: "Looked at it" };
const FLAGS_A_DAY = 20;

/** What organisers do to rows: adjust, decide flags and appeals. */
export class Moderation {
  constructor(private readonly stage: Stage) {}

  async adjust({ who, day, points, isProper }: Of<"adjust">): Promise<Outcome> {
    const { stage } = this;
    const person = stage.person(who);
    const { challengeId, admin } = stage.scene;
    const requestId = stage.nextRequest();
    const { userId } = person.member;
    const reason = isProper ? "For helping" : " ";
    const args = { challengeId, userId, points, loggedDate: dayText(day), reason, requestId };
    const { answer, refusal } = await attempt(admin.as.mutation(moderation.adjust, args));
    const code = points === 0 || !isProper ? "INVALID_INPUT" : null;
    if (code === null && answer) {
      const awardKey = `adjustment:${requestId}`;
      const facts = { source: "adjustment", type: null, amount: 0 } as const;
      stage.addRow(person, { ...facts, day, points, awardKey, id: answer.activityId });
      stage.settle(person);
      assert.strictEqual(answer.totalPoints, model.totalOf(person));
    }
    return { expected: outcome(code, { actors: ["challengeAdmin"], requestId }), refusal };
  }

  async flag({ who, pick }: Of<"flag">): Promise<Outcome> {
    const { stage } = this;
    const found = stage.ownRow(pick);
    if (found === null) return IDLE;
    const { row, person } = found;
    const flagger = stage.person(who);
    const args = { activityId: row.id as Id<"activities">, reason: "IMPLAUSIBLE" } as const;
    const { answer, refusal } = await attempt(flagger.member.as.mutation(moderation.flag, args));
    const code = this.flagCode(flagger, person, row);
    const flaggedBy = flagger.userId;
    const isNothing = this.openFlags(row).some((flag) => flag.flaggedBy === flaggedBy);
    if (code === null) {
      assert.strictEqual(answer?.status, isNothing ? "exists" : "created");
      if (!isNothing) stage.flags.push({ row, flaggedBy, status: "open" });
    }
    return { expected: outcome(code, { isNothing }), refusal };
  }

  private openFlags(row: ModelRow) {
    return this.stage.flags.filter((flag) => flag.row === row && flag.status === "open");
  }

  private flagCode(flagger: Player, person: Player, row: ModelRow): ErrorCode | null {
    if (flagger.status !== "in") return "NOT_PARTICIPANT";
    if (flagger === person) return "INVALID_INPUT";
    if (row.isDeleted) return "ACTIVITY_DELETED";
    const { userId } = flagger;
    if (this.openFlags(row).some(({ flaggedBy }) => flaggedBy === userId)) return null;
    const own = this.stage.flags.filter(({ flaggedBy }) => flaggedBy === userId);
    const upheld = own.filter(({ status }) => status === "upheld").length;
    const dismissed = own.filter(({ status }) => status === "dismissed").length;
    const quota = Math.max(5, FLAGS_A_DAY + 2 * upheld - 2 * dismissed);
    return own.length >= quota ? "LIMIT_REACHED" : null;
  }

  async decideFlags({ pick, decision }: Of<"decideFlags">): Promise<Outcome> {
    const { stage } = this;
    const found = stage.ownRow(pick, (one) => this.openFlags(one).length > 0);
    if (found === null) return IDLE;
    const { person, row } = found;
    const requestId = stage.nextRequest();
    const activityId = row.id as Id<"activities">;
    const args = { activityId, decision: { kind: decision }, requestId, ...REASON };
    const { refusal } = await attempt(stage.scene.admin.as.mutation(moderation.decideFlags, args));
    const isUpheld = decision === "remove";
    const open = this.openFlags(row);
    const code =
      open.length === 0 ? "NOT_FOUND" : isUpheld && row.isDeleted ? "ACTIVITY_DELETED" : null;
    if (code === null) {
      for (const flag of open) flag.status = isUpheld ? "upheld" : "dismissed";
      if (isUpheld) applySwitch(stage, person, row, { isRemove: true, asAdmin: true });
    }
    return { expected: outcome(code, { actors: ["challengeAdmin"], requestId }), refusal };
  }

  async appeal({ pick }: Of<"appeal">): Promise<Outcome> {
    const { stage } = this;
    const found = stage.ownRow(pick, (one) => this.isAppealable(one) && !one.isAppealed);
    if (found === null) return IDLE;
    const { person, row } = found;
    const args = { activityId: row.id as Id<"activities">, text: "I was there" };
    const { answer, refusal } = await attempt(person.member.as.mutation(moderation.appeal, args));
    const code =
      person.status !== "in"
        ? "NOT_PARTICIPANT"
        : !this.isAppealable(row)
          ? "INVALID_INPUT"
          : row.isAppealed
            ? "LIMIT_REACHED"
            : null;
    if (code === null && answer) {
      row.isAppealed = true;
      stage.appeals.push({ id: answer.appealId, person, row, isOpen: true });
    }
    return { expected: outcome(code), refusal };
  }

  private isAppealable(row: ModelRow): boolean {
    return row.isSticky || this.openFlags(row).length > 0;
  }

  async decideAppeal({ pick, isAccepted }: Of<"decideAppeal">): Promise<Outcome> {
    const { stage } = this;
    const { appeals } = stage;
    const found =
      appeals[(appeals.length - 1 - pick) % Math.max(appeals.length, 1)] ?? appeals.at(-1);
    if (found === undefined) return IDLE;
    const { id: appealId, person, row, isOpen } = found;
    const requestId = stage.nextRequest();
    const args = { appealId, isAccepted, requestId, ...REASON };
    const { refusal } = await attempt(stage.scene.admin.as.mutation(moderation.decideAppeal, args));
    const code = !isOpen ? "NOT_FOUND" : isAccepted ? takeBackCode(person, row) : null;
    if (code === null) {
      found.isOpen = false;
      if (isAccepted) {
        for (const flag of this.openFlags(row)) flag.status = "dismissed";
        this.takeBack(person, row);
      }
    }
    return { expected: outcome(code, { actors: ["challengeAdmin"], requestId }), refusal };
  }

  private takeBack(person: Player, row: ModelRow): void {
    const to = backTo(row);
    const by = { asAdmin: true };
    if (to === "restored") applySwitch(this.stage, person, row, { isRemove: false, ...by });
    else if (to !== null) applyEdit(this.stage, person, row, { deed: to, ...by });
  }
}

/** What an accepted appeal makes of a row: counted again, said as before, or as it is. */
function backTo(row: ModelRow): "restored" | Deed | null {
  const last = row.corrections.at(-1);
  if (last === undefined || last === "restored") return null;
  if (last === "removed") return row.isDeleted ? "restored" : null;
  const { from } = last;
  return row.isDeleted || from === null || isSameDeed(row, from) ? null : from;
}

function takeBackCode(person: Player, row: ModelRow): ErrorCode | null {
  const to = backTo(row);
  if (to === null) return null;
  return to === "restored" ? restoreCode(person, row, true) : editCode(person, row, to, true);
}
