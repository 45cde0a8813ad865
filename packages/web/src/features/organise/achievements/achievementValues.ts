import { checkDefinition } from "@milepost/backend/rules/achievementDefinition";
import { unitsOf } from "@milepost/backend/rules/units";
import { parseDecimal } from "../../../lib/decimals";
import { wordsOf } from "../../../lib/refusals";
import type { MetricName, Unit } from "../../../lib/ruleWords";
import type { Achievement, Criteria, Frequency } from "../../awards/awardWords";
import { readSigned, type FieldProblem } from "../rules/readRule";
import type { ActivityType } from "../rules/RuleForm";

export type Definition = Pick<Achievement, "criteria" | "frequency" | "points">;
type TypeId = ActivityType["activityTypeId"];

/** An amount as the form holds it: text as typed. */
export interface AmountValues {
  metric: MetricName;
  unit: Unit;
  atLeast: string;
}

/** One activity to reach, of those an achievement asks for together. */
export interface GoalValues extends AmountValues {
  activityTypeId: string;
}

/** The form of an achievement. What one kind of criteria does not ask for is kept while another is chosen. */
export interface AchievementValues {
  name: string;
  description: string;
  points: string;
  frequency: Frequency;
  kind: Criteria["kind"];
  /** Ids of the activity types that count, as checkboxes hold them. */
  typeIds: string[];
  times: string;
  hasMeasure: boolean;
  amount: AmountValues;
  /** What one unit of a type is worth, by its id; empty is 1. */
  factors: Record<string, string>;
  goals: GoalValues[];
}

export type ReadDefinition =
  | { ok: true; definition: Definition }
  | { ok: false; problems: FieldProblem[] };

/** A goal as the form offers it first. */
export const NEW_GOAL: GoalValues = {
  activityTypeId: "",
  metric: "distance_m",
  unit: "km",
  atLeast: "10",
};

/** The form of an achievement made from nothing. */
export const BLANK: AchievementValues = {
  name: "",
  description: "",
  points: "25",
  frequency: "oncePerChallenge",
  kind: "count",
  typeIds: [],
  times: "1",
  hasMeasure: false,
  amount: { metric: "distance_m", unit: unitsOf("distance_m")[0] ?? "km", atLeast: "10" },
  factors: {},
  goals: [NEW_GOAL],
};

/** The shape of the form, for drafts; a lone checkbox is not held as a list. */
export const EXAMPLE = { ...BLANK, typeIds: null };

function criteriaValuesOf(criteria: Criteria): Partial<AchievementValues> {
  switch (criteria.kind) {
    case "count": {
      const { activityTypeIds, times, measure } = criteria;
      const amount = measure && { ...measure, atLeast: String(measure.atLeast) };
      const hasMeasure = measure !== undefined;
      return {
        typeIds: activityTypeIds,
        times: String(times),
        hasMeasure,
        ...(amount && { amount }),
      };
    }
    case "cumulative": {
      const { types, metric, unit, atLeast } = criteria;
      return {
        typeIds: types.map(({ activityTypeId }) => activityTypeId),
        amount: { metric, unit, atLeast: String(atLeast) },
        factors: Object.fromEntries(
          types.map(({ activityTypeId, factor }) => [activityTypeId, String(factor)]),
        ),
      };
    }
    case "distinctTypes":
      return { typeIds: criteria.activityTypeIds, times: String(criteria.times) };
    case "oneOfEach":
      return { typeIds: criteria.activityTypeIds };
    case "allThresholds":
      return {
        goals: criteria.thresholds.map((goal) => ({ ...goal, atLeast: String(goal.atLeast) })),
      };
  }
}

/** An achievement as its form shows it. */
export function valuesOf(achievement: Achievement): AchievementValues {
  const { name, description, points, frequency, criteria } = achievement;
  const texts = { name, description, points: String(points) };
  return { ...BLANK, ...texts, frequency, kind: criteria.kind, ...criteriaValuesOf(criteria) };
}

/** The types that are ticked, in the order of the list. */
export function chosenTypes(
  { typeIds }: Pick<AchievementValues, "typeIds">,
  types: readonly ActivityType[],
): ActivityType[] {
  // A lone checkbox is not held as a list.
  const ticked = [typeIds].flat();
  return types.filter(({ activityTypeId }) => ticked.includes(activityTypeId));
}

class Reader {
  readonly problems: FieldProblem[] = [];

  number(path: string, text: string): number {
    const read = parseDecimal(text);
    return read.ok ? read.value : this.miss(path, read.problem);
  }

  points(text: string): number {
    const read = readSigned(text);
    return read.ok ? read.value : this.miss("points", read.problem);
  }

  miss(path: string, words: string): number {
    this.problems.push({ path, words });
    return 0;
  }
}

function readGoals(values: AchievementValues, types: readonly ActivityType[], read: Reader) {
  if (values.goals.length === 0) read.miss("goals", "Add at least one goal.");
  return values.goals.flatMap(({ activityTypeId, metric, unit, atLeast }, index) => {
    const type = types.find((one) => one.activityTypeId === activityTypeId);
    if (type === undefined) read.miss(`goals.${index}.activityTypeId`, "Choose an activity.");
    const amount = read.number(`goals.${index}.atLeast`, atLeast);
    return type === undefined
      ? []
      : [{ activityTypeId: type.activityTypeId, metric, unit, atLeast: amount }];
  });
}

function readCriteria(
  values: AchievementValues,
  types: readonly ActivityType[],
  read: Reader,
): Criteria {
  const { kind, amount, factors } = values;
  if (kind === "allThresholds") return { kind, thresholds: readGoals(values, types, read) };
  const activityTypeIds: TypeId[] = chosenTypes(values, types).map((type) => type.activityTypeId);
  if (activityTypeIds.length === 0) read.miss("typeIds", "Choose at least one activity.");
  const measure = () => ({ ...amount, atLeast: read.number("amount.atLeast", amount.atLeast) });
  switch (kind) {
    case "count": {
      const times = read.number("times", values.times);
      const least = values.hasMeasure ? { measure: measure() } : {};
      return { kind, activityTypeIds, times, ...least };
    }
    case "cumulative": {
      const weighed = activityTypeIds.map((activityTypeId) => {
        const text = factors[activityTypeId] ?? "";
        const factor = text.trim() === "" ? 1 : read.number(`factors.${activityTypeId}`, text);
        return { activityTypeId, factor };
      });
      return { kind, ...measure(), types: weighed };
    }
    case "distinctTypes":
      return { kind, activityTypeIds, times: read.number("times", values.times) };
    case "oneOfEach":
      return { kind, activityTypeIds };
  }
}

/** The field of the form that a path of the deployment's check is about. */
export function fieldAt(path: string, criteria: Criteria): string {
  const factor = /^criteria\.types\.(\d+)\.factor$/.exec(path)?.[1];
  if (factor !== undefined && criteria.kind === "cumulative")
    return `factors.${criteria.types[Number(factor)]?.activityTypeId ?? ""}`;
  return path
    .replace(/^criteria\.(activityTypeIds|types)$/, "typeIds")
    .replace(/^criteria\.thresholds/, "goals")
    .replace(/^criteria\.(measure\.)?(metric|unit|atLeast)$/, "amount.$2")
    .replace(/^criteria\./, "");
}

/** The definition a form says, checked by the deployment's own rules; or what is wrong with which field. */
export function readDefinition(
  values: AchievementValues,
  types: readonly ActivityType[],
): ReadDefinition {
  const read = new Reader();
  const criteria = readCriteria(values, types, read);
  const definition = { criteria, frequency: values.frequency, points: read.points(values.points) };
  if (read.problems.length > 0) return { ok: false, problems: read.problems };
  const checked = checkDefinition(definition);
  if (checked.ok) return { ok: true, definition };
  const { refusal } = checked;
  const path = refusal.code === "INVALID_INPUT" ? fieldAt(refusal.path, criteria) : "typeIds";
  return { ok: false, problems: [{ path, words: wordsOf(refusal) }] };
}
