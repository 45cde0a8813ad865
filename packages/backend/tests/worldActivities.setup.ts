import type { FunctionArgs, FunctionReturnType } from "convex/server";
import { assert } from "vitest";
import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { ErrorCode } from "../lib/errors";
import * as model from "./model.setup";
import type { Deed, ModelPerson, ModelRow } from "./model.setup";
import type { Of } from "./worldOperations.setup";
import {
  actorOf,
  attempt,
  dayText,
  IDLE,
  metricsOf,
  type Outcome,
  outcome,
  type Player,
  type Stage,
} from "./worldStage.setup";

const { activities } = api.mutations;
const byApi = internal.mutations.apiMutations;

type LogArgs = FunctionArgs<typeof activities.log>;
type Logged = FunctionReturnType<typeof activities.log>;
/** How a call is made: by whom, and in a session or by their key. */
interface Caller {
  person: Player;
  asAdmin: boolean;
  byKey: boolean;
}

const sessionOf = ({ scene }: Stage, { person, asAdmin }: Caller) =>
  asAdmin ? scene.admin.as : person.member.as;
const keyOf = ({ keys }: Stage, { person, asAdmin }: Caller) =>
  asAdmin ? keys.admin : person.apiKeyId;

/** Logs, edits, removals and restorations, in a session or by key, and repeated and hostile logs. */
export class Activities {
  private lastLog: { caller: Caller; args: LogArgs; answer: Logged } | null = null;

  constructor(private readonly stage: Stage) {}

  async log({ who, type, day, amount, asAdmin, byKey }: Of<"log">): Promise<Outcome> {
    const { stage } = this;
    const person = stage.person(who);
    const code =
      person.status === "in"
        ? model.fits(person, { type, day }, { isAdmin: asAdmin })
        : asAdmin
          ? "NOT_FOUND"
          : "NOT_PARTICIPANT";
    const requestId = stage.nextRequest();
    const args = {
      challengeId: stage.scene.challengeId,
      activityTypeId: stage.types[type],
      loggedDate: dayText(day),
      metrics: metricsOf(amount),
      requestId,
      ...(asAdmin ? { onBehalfOf: person.member.userId, reason: "On paper" } : {}),
    };
    const caller = { person, asAdmin, byKey };
    const { answer, refusal } = await attempt(this.sendLog(caller, args));
    if (code === null && answer) {
      const source = byKey ? "api" : "manual";
      const row = stage.addRow(person, { source, type, day, amount, id: answer.activityId });
      stage.settle(person);
      this.lastLog = { caller, args, answer };
      assert.strictEqual(answer.pointsEarned, row.points);
      assert.strictEqual(answer.totalPoints, model.totalOf(person));
    }
    return { expected: outcome(code, { actors: [actorOf(asAdmin)], requestId }), refusal };
  }

  private async sendLog(caller: Caller, args: LogArgs): Promise<Logged> {
    const { t } = this.stage.scene;
    if (!caller.byKey) return await sessionOf(this.stage, caller).mutation(activities.log, args);
    const call = { apiKeyId: keyOf(this.stage, caller), input: args };
    return await t.mutation(byApi.logActivity, call);
  }

  async edit({ pick, asAdmin, isStale, byKey, isProper, ...deed }: Of<"edit">): Promise<Outcome> {
    const { stage } = this;
    const found = stage.ownRow(pick);
    if (found === null) return IDLE;
    const { person, row } = found;
    const wanted = isProper && row.type !== null ? { ...deed, type: row.type } : deed;
    const isSame = isSameDeed(row, wanted);
    const code =
      rowCode(found, { asAdmin, isStale }) ??
      (row.isDeleted ? "ACTIVITY_DELETED" : isSame ? null : editCode(person, row, wanted, asAdmin));
    const requestId = stage.nextRequest();
    const args = {
      activityTypeId: stage.types[wanted.type],
      loggedDate: dayText(wanted.day),
      metrics: metricsOf(wanted.amount),
      ...rowArgs(row, { asAdmin, isStale }),
      requestId,
    };
    const caller = { person, asAdmin, byKey };
    const call = byKey
      ? stage.scene.t.mutation(byApi.editActivity, {
          apiKeyId: keyOf(stage, caller),
          input: args,
        })
      : sessionOf(stage, caller).mutation(activities.edit, args);
    const { refusal } = await attempt(call);
    if (code === null && !isSame) applyEdit(stage, person, row, { deed: wanted, asAdmin });
    const change = { isNothing: isSame, actors: [actorOf(asAdmin)], requestId };
    return { expected: outcome(code, change), refusal };
  }

  async removeOrRestore({
    kind,
    pick,
    asAdmin,
    byKey,
    ...operation
  }: Of<"remove"> | Of<"restore">): Promise<Outcome> {
    const { stage } = this;
    const isRemove = kind === "remove";
    const found = stage.ownRow(pick, ({ isDeleted }) => isDeleted !== isRemove);
    if (found === null) return IDLE;
    const { person, row } = found;
    const isNothing = row.isDeleted === isRemove;
    const isStale = operation.isStale && !isNothing;
    // Removing takes back what a person claimed: they may, whoever corrected it.
    const asked = { person, row: isRemove ? { isSticky: false } : row };
    const member = rowCode(asked, { asAdmin, isStale });
    const code = member ?? (isRemove || isNothing ? null : restoreCode(person, row, asAdmin));
    const requestId = stage.nextRequest();
    const { isStale: isSentStale } = operation;
    const args = { ...rowArgs(row, { asAdmin, isStale: isSentStale }), requestId };
    const caller = { person, asAdmin, byKey };
    const route = isRemove ? byApi.removeActivity : byApi.restoreActivity;
    const call = byKey
      ? stage.scene.t.mutation(route, { apiKeyId: keyOf(stage, caller), input: args })
      : sessionOf(stage, caller).mutation(activities[kind], args);
    const { refusal } = await attempt(call);
    if (code === null && !isNothing) applySwitch(stage, person, row, { isRemove, asAdmin });
    const change = { isNothing, actors: [actorOf(asAdmin)], requestId };
    return { expected: outcome(code, change), refusal };
  }

  async replay(): Promise<Outcome> {
    if (this.lastLog === null) return IDLE;
    const { caller, args, answer } = this.lastLog;
    const again = await attempt(this.sendLog(caller, args));
    if (caller.person.status !== "in") {
      const code = caller.asAdmin ? "NOT_FOUND" : "NOT_PARTICIPANT";
      return { expected: outcome(code), ...again };
    }
    assert.deepEqual(again.answer, { ...answer, status: "exists" });
    return { expected: outcome(null, { isNothing: true }), refusal: again.refusal };
  }

  async hostile({ who, variant }: Of<"hostile">): Promise<Outcome> {
    const { scene, types } = this.stage;
    const person = this.stage.person(who);
    const bad = HOSTILE[variant % HOSTILE.length] ?? {};
    const { refusal } = await attempt(
      person.member.as.mutation(activities.log, {
        challengeId: scene.challengeId,
        activityTypeId: types.run,
        loggedDate: dayText(10),
        metrics: { distance_m: 1000 },
        ...bad,
      }),
    );
    const code = person.status === "in" ? "INVALID_INPUT" : "NOT_PARTICIPANT";
    return { expected: outcome(code), refusal };
  }
}

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

/** Refusals that come before what an operation does with a row. */
function rowCode(
  { person, row }: { person: ModelPerson; row: Pick<ModelRow, "isSticky"> },
  { asAdmin, isStale }: { asAdmin: boolean; isStale: boolean },
): ErrorCode | null {
  if (!asAdmin && person.status !== "in") return "NOT_PARTICIPANT";
  if (!asAdmin && row.isSticky) return "NOT_CHALLENGE_ADMIN";
  return isStale ? "STALE_VERSION" : null;
}

function rowArgs(
  { id, version }: ModelRow,
  { isStale, asAdmin }: { isStale: boolean; asAdmin: boolean },
) {
  const expectedVersion = isStale ? version + 1 : version;
  const activityId = id as Id<"activities">;
  return { activityId, expectedVersion, ...(asAdmin ? { reason: "Checked" } : {}) };
}

/** Whether a row says this already; what a sealed row measured is gone. */
export function isSameDeed(row: ModelRow, { type, day, amount }: Deed): boolean {
  return !row.isSealed && row.type === type && row.day === day && row.amount === amount;
}

/** Why a live row cannot be edited to this. */
export function editCode(
  person: ModelPerson,
  row: ModelRow,
  deed: Deed,
  isAdmin: boolean,
): ErrorCode | null {
  return row.isSealed ? "INVALID_INPUT" : model.fits(person, deed, { isAdmin, self: row });
}

/** Why a removed row cannot count again. */
export function restoreCode(
  person: ModelPerson,
  row: ModelRow,
  isAdmin: boolean,
): ErrorCode | null {
  const deed = { type: row.type ?? "run", day: row.day };
  return model.fits(person, deed, { isAdmin, self: row });
}

/** Edits a row of the model: a row keeps its version of the rule while it keeps its type. */
export function applyEdit(
  stage: Stage,
  person: ModelPerson,
  row: ModelRow,
  { deed, asAdmin }: { deed: Deed; asAdmin: boolean },
): void {
  const { type, day, amount } = row;
  if (asAdmin && type !== null)
    row.corrections.push({ from: row.source === "strava" ? null : { type, day, amount } });
  if (deed.type !== type) row.scoredBy = stage.current(deed.type);
  Object.assign(row, { type: deed.type, day: deed.day, amount: deed.amount });
  row.version += 1;
  row.isSticky ||= asAdmin;
  stage.settle(person);
}

/** Takes a row of the model out of the count or back into it. */
export function applySwitch(
  stage: Stage,
  person: ModelPerson,
  row: ModelRow,
  { isRemove, asAdmin }: { isRemove: boolean; asAdmin: boolean },
): void {
  if (asAdmin) row.corrections.push(isRemove ? "removed" : "restored");
  row.isDeleted = isRemove;
  row.isForgotten ||= row.isSealed && isRemove;
  row.isRemovedByStrava = false;
  row.version += 1;
  row.isSticky ||= asAdmin;
  stage.settle(person);
}
