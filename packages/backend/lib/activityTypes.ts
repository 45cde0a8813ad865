import { compareValues } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { Rule } from "../tables/scoring";
import { need, refuse } from "./errors";
import { STARTER_TYPES } from "./rules/catalogue";
import { checkRule, MAX_LABEL_LENGTH } from "./rules/rule";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";
import { checkName } from "./text";

type ActivityType = Doc<"activityTypes">;

const MAX_TYPES = 100;
const MAX_NAME_LENGTH = 80;
const MAX_CATEGORY_LENGTH = 40;

/** A new activity type: its name and its rule, and the starter type it was taken from. */
export interface NewActivityType extends Rule {
  name: string;
  catalogueKey?: string;
}

/** The activity types of a challenge by name, at most 100: more cannot be made. */
export async function activityTypesOf(
  ctx: ReadCtx,
  challengeId: Id<"challenges">,
): Promise<ActivityType[]> {
  return await ctx.db
    .query("activityTypes")
    .withIndex("by_challengeId_and_name", (q) => q.eq("challengeId", challengeId))
    .take(MAX_TYPES);
}

/** The rule part of a type or of one of its versions. */
export function ruleOf(row: Rule): Rule {
  const { scoring, bonuses, limits, category, contributesToStreak, isNegative } = row;
  return { scoring, bonuses, limits, category, contributesToStreak, isNegative };
}

/**
 * Adds an activity type, whose rule is its version 1. Refuses INVALID_INPUT (also for a name or catalogue key the
 * challenge has already) and LIMIT_REACHED.
 */
export async function createActivityType(
  ctx: WriteCtx,
  challengeId: Id<"challenges">,
  wish: NewActivityType,
): Promise<Id<"activityTypes">> {
  const others = await activityTypesOf(ctx, challengeId);
  const name = needFreeName(wish.name, others);
  const rule = needRule(wish);
  const { catalogueKey } = wish;
  if (catalogueKey !== undefined) needFreeCatalogueKey(catalogueKey, others);
  if (others.length >= MAX_TYPES) {
    refuse({ code: "LIMIT_REACHED", limit: "activityTypes", max: MAX_TYPES });
  }
  const version = 1;
  const activityTypeId = await openTable(ctx, "activityTypes").insert({
    challengeId,
    name,
    catalogueKey,
    version,
    ...rule,
  });
  await openTable(ctx, "activityTypeVersions").insert({ activityTypeId, version, ...rule });
  return activityTypeId;
}

/** Adds types of the starter catalogue by their keys. Refuses INVALID_INPUT for an unknown or repeated key. */
export async function addStarterTypes(
  ctx: WriteCtx,
  challengeId: Id<"challenges">,
  keys: string[],
): Promise<void> {
  for (const [index, key] of keys.entries()) {
    const path = `starterTypes[${index}]`;
    const starter = STARTER_TYPES.find((type) => type.key === key);
    if (starter === undefined) return refuseInput(path, "is not in the starter catalogue");
    if (keys.indexOf(key) !== index) return refuseInput(path, "is named twice");
    const { name, rule } = starter;
    await createActivityType(ctx, challengeId, { name, catalogueKey: key, ...rule });
  }
}

/** What of a type can be changed: all of it, and whether it is offered for new activities. */
export type TypeChange = Partial<NewActivityType> & { isRetired?: boolean };

/**
 * Changes a type; what is left out stays, an empty category removes it. A changed rule becomes a new version, which
 * new activities are scored with; activities that exist keep theirs. Refuses INVALID_INPUT.
 *
 * @returns the version that is current now, and whether anything is other than before
 */
export async function updateActivityType(
  ctx: WriteCtx,
  type: ActivityType,
  { isRetired = type.isRetired ?? false, ...wish }: TypeChange,
): Promise<{ version: number; isChanged: boolean }> {
  const siblings = await activityTypesOf(ctx, type.challengeId);
  const others = siblings.filter((other) => other._id !== type._id);
  const name = wish.name === undefined ? type.name : needFreeName(wish.name, others);
  const { catalogueKey = type.catalogueKey } = wish;
  if (catalogueKey !== undefined) needFreeCatalogueKey(catalogueKey, others);
  const rule = changedRule(type, wish);
  const isSameRule = compareValues(rule, ruleOf(type)) === 0;
  const isSame =
    isSameRule &&
    name === type.name &&
    catalogueKey === type.catalogueKey &&
    isRetired === (type.isRetired ?? false);
  if (isSame) return { version: type.version, isChanged: false };
  const version = isSameRule ? type.version : type.version + 1;
  await openTable(ctx, "activityTypes").patch(type._id, {
    name,
    catalogueKey,
    version,
    isRetired: isRetired ? true : undefined,
    ...rule,
  });
  if (!isSameRule) {
    const versions = openTable(ctx, "activityTypeVersions");
    await versions.insert({ activityTypeId: type._id, version, ...rule });
  }
  return { version, isChanged: true };
}

/** The rule of a type with a change that is not saved; refuses INVALID_INPUT. */
export function changedRule(type: ActivityType, wish: Partial<Rule>): Rule {
  return needRule({ ...ruleOf(type), ...wish });
}

function needRule(wish: Rule): Rule {
  const category = wish.category?.trim()
    ? need(checkName(wish.category, "category", MAX_CATEGORY_LENGTH))
    : undefined;
  const bonuses = wish.bonuses.map((bonus, index) => {
    const path = `bonuses.${index}.label`;
    return { ...bonus, label: need(checkName(bonus.label, path, MAX_LABEL_LENGTH)) };
  });
  return need(checkRule({ ...ruleOf(wish), category, bonuses }));
}

function needFreeName(wish: string, others: ActivityType[]): string {
  const name = need(checkName(wish, "name", MAX_NAME_LENGTH));
  const isTaken = others.some((other) => other.name.toLowerCase() === name.toLowerCase());
  return isTaken ? refuseInput("name", "another activity type has this name") : name;
}

function needFreeCatalogueKey(key: string, others: ActivityType[]): void {
  if (!STARTER_TYPES.some((starter) => starter.key === key)) {
    refuseInput("catalogueKey", "is not in the starter catalogue");
  }
  // A sport label finds its type by the key, so two types must not share one.
  if (others.some((other) => other.catalogueKey === key)) {
    refuseInput("catalogueKey", "another activity type has this key");
  }
}

function refuseInput(path: string, problem: string): never {
  return refuse({ code: "INVALID_INPUT", path, problem });
}

/** Deletes the types of a challenge, each after its versions, at most `limit` versions; answers how many rows. */
export async function eraseActivityTypes(
  ctx: WriteCtx,
  { challengeId }: { challengeId: Id<"challenges"> },
  limit: number,
): Promise<number> {
  let erased = 0;
  for (const type of await activityTypesOf(ctx, challengeId)) {
    const versions = await ctx.db
      .query("activityTypeVersions")
      .withIndex("by_activityTypeId_and_version", (q) => q.eq("activityTypeId", type._id))
      .take(limit - erased);
    erased += await eraseRows(openTable(ctx, "activityTypeVersions"), versions);
    if (erased === limit) return erased;
    erased += await eraseRows(openTable(ctx, "activityTypes"), [type]);
    if (erased === limit) return erased;
  }
  return erased;
}
