import { compareValues } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { Definition, Entry, HeldAward } from "../tables/achievements";
import { activityTypesOf } from "./activityTypes";
import { need, refuse } from "./errors";
import type { Owner } from "./pointLedger/ports";
import { checkDefinition } from "./rules/achievementDefinition";
import { typesOf } from "./rules/achievements";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
import { checkName, checkText } from "./text";

type Achievement = Doc<"achievements">;
type Evaluation = Doc<"achievementEvaluations">;

/** Most achievements of a challenge that give awards, and most of all, archived ones included. */
const MAX_ACTIVE = 20;
const MAX_ALL = 40;
const MAX_NAME_LENGTH = 80;
const MAX_DESCRIPTION_LENGTH = 500;
/** People one step of an evaluation takes, while none was lost. */
const MAX_BATCH = 50;

/** What an organiser says about an achievement. */
export interface NewAchievement extends Definition {
  name: string;
  description?: string;
}

/** The achievements of a challenge by name, archived ones included; at most 40: more cannot be made. */
export async function achievementsOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<Achievement[]> {
  return await ctx.db
    .query("achievements")
    .withIndex("by_challengeId_and_name", (q) => q.eq("challengeId", challengeId))
    .take(MAX_ALL);
}

/** The part of an achievement that decides awards. */
export function definitionOf({ criteria, frequency, points }: Definition): Definition {
  return { criteria, frequency, points };
}

/** A definition that can be saved in a challenge; refuses INVALID_INPUT, also for types of other challenges. */
export async function needDefinition(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
  wish: Definition,
): Promise<Definition> {
  const definition = need(checkDefinition(definitionOf(wish)));
  const types = await activityTypesOf(ctx, challengeId);
  const known = new Set(types.map(({ _id }) => _id));
  if (!typesOf(definition.criteria).every((id) => known.has(id)))
    return refuseInput("criteria", "names an activity type that is not of this challenge");
  return definition;
}

/**
 * Adds an achievement, to be evaluated over what people did already. Refuses INVALID_INPUT (also for a name the challenge
 * has) and LIMIT_REACHED.
 *
 * @param at UTC ms
 */
export async function createAchievement(
  ctx: WriteCtx,
  challengeId: Id<"challenges">,
  wish: NewAchievement,
  at: number,
): Promise<Evaluation> {
  const others = await achievementsOf(ctx, challengeId);
  const texts = needTexts(wish, others);
  const definition = await needDefinition(ctx, challengeId, wish);
  const active = others.filter(({ isArchived }) => !isArchived).length;
  if (active >= MAX_ACTIVE)
    refuse({ code: "LIMIT_REACHED", limit: "achievements", max: MAX_ACTIVE });
  if (others.length >= MAX_ALL)
    refuse({ code: "LIMIT_REACHED", limit: "achievementsWithArchived", max: MAX_ALL });
  const states = { version: 1, criteriaVersion: 1, isArchived: false, isEvaluating: true };
  const fields = { challengeId, ...texts, ...definition, ...states };
  const achievementId = await openTable(ctx, "achievements").insert(fields);
  return await startEvaluation(ctx, { challengeId, achievementId }, at);
}

/**
 * Changes an achievement; what is left out stays. A changed definition is a new version, by which everybody is evaluated
 * again: awards move, go and come, and `reevaluate` says that this is meant; without a change it evaluates again all the
 * same. Refuses INVALID_INPUT, STALE_VERSION.
 *
 * @param at UTC ms
 * @returns the current version, and the evaluation that has to run
 */
export async function updateAchievement(
  ctx: WriteCtx,
  achievement: Achievement,
  wish: Partial<NewAchievement> & { expectedVersion?: number; reevaluate?: boolean },
  at: number,
): Promise<{ version: number; evaluation: Evaluation | null }> {
  const { _id: achievementId, challengeId, isArchived } = achievement;
  if (isArchived) refuseInput("achievementId", "is archived");
  const all = await achievementsOf(ctx, challengeId);
  const others = all.filter(({ _id }) => _id !== achievementId);
  const { expectedVersion, reevaluate = false, ...given } = wish;
  const texts = needTexts({ ...achievement, ...given }, others);
  const before = definitionOf(achievement);
  const definition = await needDefinition(ctx, challengeId, { ...before, ...given });
  const isSame = compareValues(definition, before) === 0;
  if (!isSame && !reevaluate)
    refuseInput("reevaluate", "must be true: awards that were given change");
  if (expectedVersion !== undefined && expectedVersion !== achievement.version)
    refuse({ code: "STALE_VERSION", expected: expectedVersion, actual: achievement.version });
  const version = achievement.version + (isSame ? 0 : 1);
  const hasSameCriteria = compareValues(definition.criteria, before.criteria) === 0;
  const criteriaVersion = hasSameCriteria ? achievement.criteriaVersion : version;
  const isEvaluating = achievement.isEvaluating || reevaluate;
  const fields = { ...texts, ...definition, version, criteriaVersion, isEvaluating };
  await openTable(ctx, "achievements").patch(achievementId, fields);
  const owner = { challengeId, achievementId };
  return { version, evaluation: reevaluate ? await startEvaluation(ctx, owner, at) : null };
}

/** Lets an achievement give no new awards, while those given stay as long as their basis does. Twice is once. */
export async function archiveAchievement(ctx: WriteCtx, achievement: Achievement): Promise<void> {
  if (achievement.isArchived) return;
  await openTable(ctx, "achievements").patch(achievement._id, { isArchived: true });
}

function needTexts(wish: Pick<NewAchievement, "name" | "description">, others: Achievement[]) {
  const name = need(checkName(wish.name, "name", MAX_NAME_LENGTH));
  const isTaken = others.some((other) => other.name.toLowerCase() === name.toLowerCase());
  if (isTaken) refuseInput("name", "another achievement has this name");
  const text = wish.description ?? "";
  return { name, description: need(checkText(text, "description", MAX_DESCRIPTION_LENGTH)) };
}

function refuseInput(path: string, problem: string): never {
  return refuse({ code: "INVALID_INPUT", path, problem });
}

/** What counts towards an achievement for a person; null when nothing ever did. */
export async function progressOf(
  ctx: ReadCtx,
  achievementId: Id<"achievements">,
  userId: Id<"users">,
): Promise<Doc<"achievementProgress"> | null> {
  return await ctx.db
    .query("achievementProgress")
    .withIndex("by_achievementId_and_userId", (q) =>
      q.eq("achievementId", achievementId).eq("userId", userId),
    )
    .unique();
}

/** All that a person has of a challenge's achievements, at most 40. */
export async function progressInChallenge(
  ctx: ReadCtx,
  { challengeId, userId }: Owner,
): Promise<Array<Doc<"achievementProgress">>> {
  return await ctx.db
    .query("achievementProgress")
    .withIndex("by_challengeId_and_userId", (q) =>
      q.eq("challengeId", challengeId).eq("userId", userId),
    )
    .take(MAX_ALL);
}

/** Keeps what counts for a person and which awards follow, if it differs from `stored`; no follow-up is known any more. */
export async function saveProgress(
  ctx: WriteCtx,
  { challengeId, userId }: Owner,
  { _id: achievementId, criteriaVersion }: Achievement,
  stored: Doc<"achievementProgress"> | null,
  { entries, awards }: { entries: Entry[]; awards: HeldAward[] },
): Promise<void> {
  const table = openTable(ctx, "achievementProgress");
  const after = { criteriaVersion, entries, awards };
  if (stored === null) {
    if (entries.length + awards.length > 0)
      await table.insert({ challengeId, userId, achievementId, ...after });
    return;
  }
  const before = {
    criteriaVersion: stored.criteriaVersion,
    entries: stored.entries,
    awards: stored.awards,
  };
  if (stored.followUp === undefined && compareValues(before, after) === 0) return;
  await table.patch(stored._id, { ...after, followUp: undefined });
}

/** Keeps which transaction goes on with a person's awards, so that until then verify does not miss them. */
export async function saveFollowUp(
  ctx: WriteCtx,
  achievementId: Id<"achievements">,
  userId: Id<"users">,
  followUp: Id<"_scheduled_functions">,
): Promise<void> {
  const stored = await progressOf(ctx, achievementId, userId);
  if (stored === null) throw new Error("awards to go on with, and nothing that counts");
  await openTable(ctx, "achievementProgress").patch(stored._id, { followUp });
}

/** Forgets what counted for a person in a challenge, for the job that removes their rows; the awards are rows too. */
export async function forgetProgress(ctx: WriteCtx, owner: Owner): Promise<void> {
  const table = openTable(ctx, "achievementProgress");
  for (const { _id } of await progressInChallenge(ctx, owner)) await table.delete(_id);
}

/** How far the evaluation of everybody by an achievement got. */
export async function evaluationOf(
  ctx: ReadCtx,
  achievementId: Id<"achievements">,
): Promise<Evaluation | null> {
  return await ctx.db
    .query("achievementEvaluations")
    .withIndex("by_achievementId", (q) => q.eq("achievementId", achievementId))
    .unique();
}

/** The evaluations of a challenge, one per achievement, at most 40. */
export async function evaluationsOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<Evaluation[]> {
  return await ctx.db
    .query("achievementEvaluations")
    .withIndex("by_challengeId", (q) => q.eq("challengeId", challengeId))
    .take(MAX_ALL);
}

/** Refuses INVALID_INPUT while everybody is evaluated: frozen standings would hold the awards of some. */
export async function needNoEvaluation(ctx: ReadCtx, challengeId: Id<"challenges">): Promise<void> {
  const evaluations = await evaluationsOf(ctx, challengeId);
  if (evaluations.some(({ status }) => status === "running"))
    refuseInput("challengeId", "awards are being given: wait until that is done");
}

/** Starts an evaluation of everybody from the first person; a run that is on its way ends at its next step. */
async function startEvaluation(
  ctx: WriteCtx,
  of: Pick<Evaluation, "challengeId" | "achievementId">,
  at: number,
): Promise<Evaluation> {
  const existing = await evaluationOf(ctx, of.achievementId);
  const table = openTable(ctx, "achievementEvaluations");
  const fields = {
    ...of,
    run: (existing?.run ?? 0) + 1,
    status: "running" as const,
    cursor: null,
    processed: 0,
    changed: 0,
    batch: MAX_BATCH,
    losses: 0,
    startedAt: at,
    heartbeatAt: at,
  };
  if (existing) await table.replace(existing._id, fields);
  else await table.insert(fields);
  const started = await evaluationOf(ctx, of.achievementId);
  if (started === null) throw new Error("an evaluation that was started is missing");
  return started;
}

/** Keeps what a step of an evaluation did; with another status than running the evaluation has ended. */
export async function saveEvaluation(
  ctx: WriteCtx,
  evaluation: Evaluation,
  step: Partial<Evaluation> & { heartbeatAt: number },
): Promise<void> {
  const { status = evaluation.status, heartbeatAt } = step;
  const hasEnded = status !== "running";
  const end = hasEnded ? { endedAt: heartbeatAt } : {};
  await openTable(ctx, "achievementEvaluations").patch(evaluation._id, { ...step, ...end });
  if (status === "done")
    await openTable(ctx, "achievements").patch(evaluation.achievementId, { isEvaluating: false });
}

/** Running evaluations without a sign of life since an instant (UTC ms), at most 20. */
export async function lostEvaluations(ctx: ReadCtx, before: number): Promise<Evaluation[]> {
  return await ctx.db
    .query("achievementEvaluations")
    .withIndex("by_status_and_heartbeatAt", (q) =>
      q.eq("status", "running").lt("heartbeatAt", before),
    )
    .take(20);
}

/** Deletes the evaluations of a challenge, at most `limit`; answers how many. */
export async function eraseEvaluations(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  const rows = await ctx.db
    .query("achievementEvaluations")
    .withIndex("by_challengeId", (q) => q.eq("challengeId", of.challengeId))
    .take(limit);
  return await eraseRows(openTable(ctx, "achievementEvaluations"), rows);
}

/** Deletes what counted in a challenge, at most `limit`; answers how many. */
export async function eraseProgress(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  const rows = await ctx.db
    .query("achievementProgress")
    .withIndex("by_challengeId_and_userId", (q) => q.eq("challengeId", of.challengeId))
    .take(limit);
  return await eraseRows(openTable(ctx, "achievementProgress"), rows);
}

/** Deletes the achievements of a challenge, at most `limit`; answers how many. */
export async function eraseAchievements(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  const rows = await ctx.db
    .query("achievements")
    .withIndex("by_challengeId_and_name", (q) => q.eq("challengeId", of.challengeId))
    .take(limit);
  return await eraseRows(openTable(ctx, "achievements"), rows);
}
