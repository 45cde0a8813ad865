import type { GenericId } from "convex/values";
import type { Criteria, Definition, Entry, HeldAward } from "../../tables/achievements";
import type { Metrics } from "../../tables/scoring";
import { fineBound, RATE_SCALE, reaches, scaledRate, thousandthsOf } from "./amounts";
import { toScaled } from "./decimal";
import { type ActivityRow, isSystemRow } from "./ledger";
import { METRIC_DECIMALS } from "./metrics";
import { unitSize } from "./units";
import { weekOf } from "./weeks";

/** An achievement as awards are computed from it. */
export interface AwardRule extends Definition {
  /** Where the keys of its awards begin. */
  keyPrefix: string;
  /** First day of the challenge, from which its weeks count. */
  startsOn: string;
}

/** An award that is deserved, with the activities it took. */
export interface DeservedAward extends HeldAward {
  activityIds: Array<GenericId<"activities">>;
}

/** An activity row by its id, as it is now. */
export interface ActivityNow {
  activityId: GenericId<"activities">;
  row: ActivityRow;
}

/** The activity types an achievement is about, one per part of its criteria; a threshold's type can come twice. */
export function typesOf(criteria: Criteria): Array<GenericId<"activityTypes">> {
  switch (criteria.kind) {
    case "cumulative":
      return criteria.types.map(({ activityTypeId }) => activityTypeId);
    case "allThresholds":
      return criteria.thresholds.map(({ activityTypeId }) => activityTypeId);
    default:
      return criteria.activityTypeIds;
  }
}

type Measure = NonNullable<Extract<Criteria, { kind: "count" }>["measure"]>;

/** Whether an activity reaches an amount; one that lacks the metric does not. */
function meets(metrics: Metrics, { metric, unit, atLeast }: Measure): boolean {
  const measured = thousandthsOf(metrics, metric);
  return measured.ok && reaches(measured.value, atLeast, unit);
}

/** What an activity of a listed type counts for; null when it does not qualify. */
function contribution(
  criteria: Criteria,
  { activityTypeId, metrics }: ActivityRow,
): Pick<Entry, "parts" | "value"> | null {
  const types: ReadonlyArray<string | null> = typesOf(criteria);
  const part = types.indexOf(activityTypeId);
  if (part === -1) return null;
  switch (criteria.kind) {
    case "count": {
      const { measure } = criteria;
      return measure && !meets(metrics, measure) ? null : { parts: [0], value: 1 };
    }
    case "cumulative": {
      const value = metrics[criteria.metric] ?? 0;
      return value === 0 ? null : { parts: [part], value };
    }
    case "allThresholds": {
      const parts = criteria.thresholds.flatMap((threshold, index) =>
        threshold.activityTypeId === activityTypeId && meets(metrics, threshold) ? [index] : [],
      );
      return parts.length === 0 ? null : { parts, value: 1 };
    }
    default:
      return { parts: [part], value: 1 };
  }
}

/**
 * By day; inside a day what adds most comes first, whenever it was logged. Entries that are equal but for their ids can
 * change places without changing any award.
 */
function compareEntries(a: Entry, b: Entry): number {
  if (a.loggedDate !== b.loggedDate) return a.loggedDate < b.loggedDate ? -1 : 1;
  if (a.value !== b.value) return b.value - a.value;
  const [partsA, partsB] = [a.parts.join(), b.parts.join()];
  if (partsA !== partsB) return partsA < partsB ? -1 : 1;
  return a.activityId < b.activityId ? -1 : 1;
}

/**
 * The activities that count towards an achievement after some changed, in their order. Deleted rows, system rows and
 * those that do not qualify are not among them. A sealed row counts for what it counted before its metrics were cleared.
 *
 * @param entries what counted before by the same criteria; of sealed rows alone when `changed` are all of a person's rows
 */
export function entriesAfter(
  criteria: Criteria,
  entries: readonly Entry[],
  changed: readonly ActivityNow[],
): Entry[] {
  const after = new Map(entries.map((entry) => [entry.activityId, entry]));
  for (const { activityId, row } of changed) {
    const known = after.get(activityId);
    after.delete(activityId);
    if (isSystemRow(row) || row.deletedAt !== undefined || row.loggedDate === null) continue;
    const isKept = row.sealedAt !== undefined && known?.loggedDate === row.loggedDate;
    const counted = isKept ? known : contribution(criteria, row);
    if (counted) after.set(activityId, { ...counted, loggedDate: row.loggedDate, activityId });
  }
  return [...after.values()].sort(compareEntries);
}

/** How many parts of the criteria one award needs; null where amounts are added up. */
function neededParts(criteria: Criteria): number | null {
  switch (criteria.kind) {
    case "distinctTypes":
      return criteria.times;
    case "oneOfEach":
      return criteria.activityTypeIds.length;
    case "allThresholds":
      return criteria.thresholds.length;
    default:
      return null;
  }
}

/** What an entry adds to a sum: a count, or thousandths of the metric times ten-thousandths of a factor. */
function addition(criteria: Criteria, { value, parts: [part = 0] }: Entry): bigint {
  if (criteria.kind !== "cumulative") return BigInt(value);
  const factor = criteria.types[part]?.factor ?? 0;
  const thousandths = toScaled(value, METRIC_DECIMALS);
  if (thousandths === null) throw new Error(`an amount was stored unchecked: ${value}`);
  return thousandths * scaledRate(factor);
}

/** What an award needs, in units of which `addition` adds one tenth: then it is whole in every unit of length. */
function neededTenths(criteria: Criteria): bigint {
  if (criteria.kind === "count") return BigInt(criteria.times) * 10n;
  if (criteria.kind !== "cumulative") throw new Error(`${criteria.kind} adds nothing up`);
  return fineBound(criteria.atLeast, criteria.unit);
}

function sumOf(criteria: Criteria, entries: readonly Entry[]): bigint {
  return entries.reduce((sum, entry) => sum + addition(criteria, entry), 0n);
}

/** The completed sets among entries in their order, and what is left over. */
interface Sets {
  sets: Entry[][];
  rest: Entry[];
}

/** A set is complete as soon as its entries add up; what they add too much is not carried over. */
function sumSets(criteria: Criteria, entries: readonly Entry[]): Sets {
  const needed = neededTenths(criteria);
  const sets: Entry[][] = [];
  let rest: Entry[] = [];
  let sum = 0n;
  for (const entry of entries) {
    rest.push(entry);
    sum += addition(criteria, entry);
    if (sum * 10n < needed) continue;
    sets.push(rest);
    rest = [];
    sum = 0n;
  }
  return { sets, rest };
}

/** A set is complete as soon as enough parts are there; it takes the first entries that add a part. */
function partSets(needed: number, entries: readonly Entry[]): Sets {
  const sets: Entry[][] = [];
  let rest: Entry[] = [];
  let parts = new Set<number>();
  for (const entry of entries) {
    rest.push(entry);
    for (const part of entry.parts) parts.add(part);
    if (parts.size < needed) continue;
    const taken = firstOfParts(rest);
    sets.push(taken);
    rest = rest.filter((one) => !taken.includes(one));
    parts = new Set(rest.flatMap((one) => one.parts));
  }
  return { sets, rest };
}

function firstOfParts(entries: readonly Entry[]): Entry[] {
  const covered = new Set<number>();
  return entries.filter(({ parts }) => {
    const addsOne = parts.some((part) => !covered.has(part));
    for (const part of parts) covered.add(part);
    return addsOne;
  });
}

function setsOf(criteria: Criteria, entries: readonly Entry[]): Sets {
  const needed = neededParts(criteria);
  return needed === null ? sumSets(criteria, entries) : partSets(needed, entries);
}

/** The entries of each week that has some, by the week's number. */
function byWeek(startsOn: string, entries: readonly Entry[]): Map<number, Entry[]> {
  const weeks = new Map<number, Entry[]>();
  for (const entry of entries) {
    const week = weekOf(startsOn, entry.loggedDate);
    weeks.set(week, [...(weeks.get(week) ?? []), entry]);
  }
  return weeks;
}

/**
 * The awards a person deserves: a function of the definition and the entries alone, so that the order in which they were
 * logged does not matter. Each is dated by the activity that completes it, and its key says which one it is (`once`,
 * `week-3`, `set-2`): when an early activity disappears, the award of that key moves to the day it is deserved on now, and
 * only one that is deserved no more goes.
 *
 * @param entries in the order of `entriesAfter`
 */
export function awardsOf(rule: AwardRule, entries: readonly Entry[]): DeservedAward[] {
  const { criteria, frequency, points, startsOn, keyPrefix } = rule;
  const award = (name: string, set: readonly Entry[]): DeservedAward => ({
    awardKey: `${keyPrefix}${name}`,
    loggedDate: set.at(-1)?.loggedDate ?? startsOn,
    points: points + 0,
    activityIds: set.map(({ activityId }) => activityId),
  });
  const first = (name: string, among: readonly Entry[]) =>
    setsOf(criteria, among)
      .sets.slice(0, 1)
      .map((set) => award(name, set));
  switch (frequency) {
    case "oncePerChallenge":
      return first("once", entries);
    case "oncePerWeek":
      return [...byWeek(startsOn, entries)].flatMap(([week, those]) =>
        first(`week-${week}`, those),
      );
    case "perQualifyingSet":
      return setsOf(criteria, entries).sets.map((set, index) => award(`set-${index + 1}`, set));
  }
}

/** How far somebody is, of what one award needs: activities, parts, or an amount in the achievement's unit. */
export interface Progress {
  value: number;
  target: number;
}

const DISPLAY_SCALE = 1_000n;

/**
 * How far a person is towards the award that comes next: of this week where there is one a week, of the next set where
 * each activity counts once. An amount is cut to three decimals, so that it reads as the target only when it is reached.
 *
 * @param today the day whose week is meant
 */
export function progressTowards(
  rule: AwardRule,
  entries: readonly Entry[],
  today: string,
): Progress {
  const { criteria, frequency, startsOn } = rule;
  const week = weekOf(startsOn, today);
  const among =
    frequency === "oncePerWeek"
      ? entries.filter(({ loggedDate }) => weekOf(startsOn, loggedDate) === week)
      : entries;
  const { rest, sets } = setsOf(criteria, among);
  const counted = frequency === "perQualifyingSet" ? rest : among;
  const target = targetOf(criteria);
  if (frequency !== "perQualifyingSet" && sets.length > 0) return { value: target, target };
  if (neededParts(criteria) !== null)
    return { value: new Set(counted.flatMap(({ parts }) => parts)).size, target };
  const sum = sumOf(criteria, counted);
  if (criteria.kind !== "cumulative") return { value: Number(sum), target };
  const size = unitSize(criteria.unit) * RATE_SCALE;
  return { value: Number((sum * 10n * DISPLAY_SCALE) / size) / Number(DISPLAY_SCALE), target };
}

function targetOf(criteria: Criteria): number {
  const parts = neededParts(criteria);
  if (parts !== null) return parts;
  if (criteria.kind === "count") return criteria.times;
  return criteria.kind === "cumulative" ? criteria.atLeast : 0;
}

/** What has to happen to the awards somebody holds; in each list in the order of the keys' awards. */
export interface AwardChanges {
  revoked: HeldAward[];
  /** Still deserved, on another day or for other points. */
  moved: HeldAward[];
  issued: HeldAward[];
}

/**
 * What makes the awards somebody holds those they deserve.
 *
 * @param isArchived whether awards that are not held are left out
 */
export function awardChanges(
  held: readonly HeldAward[],
  deserved: readonly HeldAward[],
  isArchived: boolean,
): AwardChanges {
  const before = new Map(held.map((award) => [award.awardKey, award]));
  const after = new Set(deserved.map(({ awardKey }) => awardKey));
  const isMoved = ({ awardKey, loggedDate, points }: HeldAward) => {
    const was = before.get(awardKey);
    return was !== undefined && (was.loggedDate !== loggedDate || was.points !== points);
  };
  return {
    revoked: held.filter(({ awardKey }) => !after.has(awardKey)),
    moved: deserved.filter(isMoved),
    issued: isArchived ? [] : deserved.filter(({ awardKey }) => !before.has(awardKey)),
  };
}
