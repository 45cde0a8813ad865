import type { api } from "@milepost/backend/api";
import { UNIT_LABELS } from "@milepost/backend/rules/units";
import type { FunctionReturnType } from "convex/server";
import { formatCount, formatDay, formatNumber } from "../../lib/format";
import type { MetricName, Unit } from "../../lib/ruleWords";

/** An achievement as its list answers it. */
export type Achievement = FunctionReturnType<typeof api.queries.achievements.list>[number];
/** How far the viewer is towards one, and what they earned. */
export type OwnProgress = FunctionReturnType<typeof api.queries.achievements.mine>[number];
export type Criteria = Achievement["criteria"];
export type Frequency = Achievement["frequency"];
type TypeId = Extract<Criteria, { kind: "count" }>["activityTypeIds"][number];

/** The name of an activity type. */
export type NameOf = (activityTypeId: TypeId) => string;

interface Measure {
  metric: MetricName;
  unit: Unit;
  atLeast: number;
}

// The sentences around the lists are English, whatever the reader's numbers look like.
const anyOf = new Intl.ListFormat("en-GB", { type: "disjunction" });
const allOf = new Intl.ListFormat("en-GB", { type: "conjunction" });

/** What has to be reached is said with all its decimals: a half marathon is 21.0975 km. */
const exact = new Intl.NumberFormat(undefined, { maximumFractionDigits: 4 });

/** An amount of a metric in words: "10 km", "500 m of climbing", "8,000 steps". */
export function measureWords({ metric, unit, atLeast }: Measure): string {
  const { one, many } = UNIT_LABELS[unit];
  const amount = `${exact.format(atLeast)} ${atLeast === 1 ? one : many}`.trimEnd();
  switch (metric) {
    case "distance_m":
      return amount;
    case "elevation_m":
      return `${amount} of climbing`;
    case "moving_s":
      return `${amount} of active time`;
    case "duration_s":
      return `${amount} of time in all`;
    case "steps":
      return atLeast === 1 ? "1 step" : `${amount} steps`;
    case "count":
      return `a count of ${amount}`;
    case "units":
      return atLeast === 1 ? "1 unit" : `${amount} units`;
  }
}

function timesWords(times: number): string {
  return times === 1 ? "once" : `${formatNumber(times)} times`;
}

/** What an achievement asks for, as a sentence. */
export function criteriaWords(criteria: Criteria, nameOf: NameOf): string {
  switch (criteria.kind) {
    case "count": {
      const { activityTypeIds, times, measure } = criteria;
      const names = anyOf.format(activityTypeIds.map(nameOf));
      const each = times === 1 ? "" : " each";
      const least = measure === undefined ? "" : `,${each} with at least ${measureWords(measure)}`;
      return `Log ${names} ${timesWords(times)}${least}.`;
    }
    case "cumulative": {
      const { types } = criteria;
      const names = anyOf.format(types.map(({ activityTypeId }) => nameOf(activityTypeId)));
      const weights = types
        .filter(({ factor }) => factor !== 1)
        .map(
          ({ activityTypeId, factor }) =>
            `${nameOf(activityTypeId)} counts × ${formatNumber(factor)}`,
        );
      const weighed = weights.length === 0 ? "" : ` ${weights.join(", ")}.`;
      return `Collect ${measureWords(criteria)} by ${names}.${weighed}`;
    }
    case "distinctTypes": {
      const { activityTypeIds, times } = criteria;
      const names = anyOf.format(activityTypeIds.map(nameOf));
      return `Log ${formatNumber(times)} different ones of ${names}.`;
    }
    case "oneOfEach":
      return `Log each of these at least once: ${allOf.format(criteria.activityTypeIds.map(nameOf))}.`;
    case "allThresholds": {
      const goals = criteria.thresholds.map(
        (threshold) => `${nameOf(threshold.activityTypeId)} with ${measureWords(threshold)}`,
      );
      return `Reach all of these, each in one activity: ${goals.join("; ")}.`;
    }
  }
}

const FREQUENCY_WORDS: Record<Frequency, string> = {
  oncePerChallenge: "Once in the challenge",
  oncePerWeek: "Once a week",
  perQualifyingSet: "As often as you do it",
};

/** How often an achievement can be earned. */
export function frequencyWords(frequency: Frequency): string {
  return FREQUENCY_WORDS[frequency];
}

const NEXT_WORDS: Record<Frequency, string> = {
  oncePerChallenge: "",
  oncePerWeek: " this week",
  perQualifyingSet: " towards the next one",
};

function ofTarget(criteria: Criteria, value: number, target: number): string {
  const so = `${formatNumber(value)} of`;
  switch (criteria.kind) {
    case "count":
      return `${so} ${formatCount(target, "activity", "activities")}`;
    case "cumulative":
      return criteria.metric === "count"
        ? `${so} ${formatNumber(target)}`
        : `${so} ${measureWords({ ...criteria, atLeast: target })}`;
    case "distinctTypes":
      return `${so} ${formatNumber(target)} different activities`;
    case "oneOfEach":
      return `${so} ${formatCount(target, "activity", "activities")}`;
    case "allThresholds":
      return `${so} ${formatCount(target, "goal")}`;
  }
}

/** How far somebody is towards the next award: "73 of 100 km", "2 of 3 activities this week". */
export function towardsWords(
  { criteria, frequency }: Pick<Achievement, "criteria" | "frequency">,
  { value, target }: Pick<OwnProgress, "value" | "target">,
): string {
  if (value >= target && frequency === "oncePerWeek") return "Done for this week";
  return ofTarget(criteria, value, target) + NEXT_WORDS[frequency];
}

/** When somebody earned an achievement: "Earned on 12 Mar 2026", "Earned 3 times, last on 12 Mar 2026". */
export function earnedWords(awards: OwnProgress["awards"]): string {
  const last = awards
    .map(({ loggedDate }) => loggedDate)
    .toSorted()
    .at(-1);
  if (last === undefined) return "Not earned yet";
  if (awards.length === 1) return `Earned on ${formatDay(last)}`;
  return `Earned ${timesWords(awards.length)}, last on ${formatDay(last)}`;
}

/** What all awards somebody holds of an achievement gave. */
export function pointsOf(awards: OwnProgress["awards"]): number {
  return awards.reduce((sum, { points }) => sum + points, 0);
}

/** Whether there is still something to earn: not where one award is all and it is there. */
export function isOpenTo(
  { frequency, isArchived }: Pick<Achievement, "frequency" | "isArchived">,
  awards: OwnProgress["awards"],
): boolean {
  return !isArchived && (frequency !== "oncePerChallenge" || awards.length === 0);
}
