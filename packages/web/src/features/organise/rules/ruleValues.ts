import { unitsOf } from "@milepost/backend/rules/units";
import type { MetricName, Rule, Unit } from "../../../lib/ruleWords";

type Scoring = Rule["scoring"];
type Plain = Extract<Scoring, { kind: "fixed" | "perUnit" | "tiered" }>;
type Option = Extract<Scoring, { kind: "variants" }>["options"][number];
type Condition = NonNullable<Option["when"]>;
type Bonus = Rule["bonuses"][number];

/** What is measured, and in which unit it is counted. */
export interface MeasureValues {
  metric: MetricName;
  unit: Unit;
}

/** One row of a points table; an empty `atMost` is "anything above". */
export interface TierValues {
  atMost: string;
  points: string;
}

/** The fields of every kind of scoring that looks at one activity: changing the kind keeps what was typed. */
export interface PlainValues extends MeasureValues {
  kind: Plain["kind"];
  points: string;
  pointsPerUnit: string;
  base: string;
  maxUnits: string;
  tiers: TierValues[];
}

export interface OptionValues {
  key: string;
  label: string;
  scoring: PlainValues;
  hasCondition: boolean;
  when: MeasureValues & { op: Condition["op"]; value: string };
}

export interface ScoringValues extends Omit<PlainValues, "kind"> {
  kind: Scoring["kind"];
  freePerDay: string;
  options: OptionValues[];
  /** Key of the option that counts when none is chosen. */
  default: string;
}

export interface BonusValues extends MeasureValues {
  isOncePerDay: boolean;
  /** A bonus once a day that any activity gets, however long. */
  isForAny: boolean;
  atLeast: string;
  points: string;
  label: string;
}

export interface LimitValues {
  maxPerDay: string;
  maxPerWeek: string;
  maxPerChallenge: string;
  maxPointsPerDay: string;
  isEveryWeek: boolean;
  /** Numbers of weeks as checkboxes hold them. */
  validWeeks: string[];
  finalDaysOnly: boolean;
}

/**
 * The form of an activity type, shaped like its rule, so that the path of a refusal is the name of a field. Numbers are
 * text as typed; those of a type that takes points are written without their minus.
 */
export interface RuleValues {
  name: string;
  category: string;
  isNegative: boolean;
  contributesToStreak: boolean;
  scoring: ScoringValues;
  bonuses: BonusValues[];
  limits: LimitValues;
}

const DISTANCE: MeasureValues = { metric: "distance_m", unit: "km" };

const text = (value: number | undefined): string => (value === undefined ? "" : String(value));

/** A bonus as the form offers it first. */
export const NEW_BONUS: BonusValues = {
  ...DISTANCE,
  isOncePerDay: false,
  isForAny: false,
  atLeast: "10",
  points: "10",
  label: "",
};

/** Fields of a scoring nobody has typed in yet. */
export function emptyPlain(kind: Plain["kind"] = "perUnit"): PlainValues {
  return {
    ...DISTANCE,
    kind,
    points: "10",
    pointsPerUnit: "1",
    base: "",
    maxUnits: "",
    tiers: [
      { atMost: "5", points: "10" },
      { atMost: "", points: "20" },
    ],
  };
}

/** An option nobody has filled in yet, with a key none of the others has. */
export function emptyOption(others: ReadonlyArray<Pick<OptionValues, "key">>): OptionValues {
  const taken = new Set(others.map(({ key }) => key));
  let number = others.length + 1;
  while (taken.has(`option${number}`)) number += 1;
  return {
    key: `option${number}`,
    label: "",
    scoring: emptyPlain(),
    hasCondition: false,
    when: { ...DISTANCE, op: "atLeast", value: "5" },
  };
}

/** The unit that stays when what is measured changes: the one before where it fits, else the usual one. */
export function unitFor(metric: MetricName, before: Unit): Unit {
  const units = unitsOf(metric);
  return units.includes(before) ? before : (units[0] ?? "each");
}

function plainValuesOf(scoring: Plain, amount: (points: number) => string): PlainValues {
  const empty = emptyPlain(scoring.kind);
  switch (scoring.kind) {
    case "fixed":
      return { ...empty, points: amount(scoring.points) };
    case "perUnit": {
      const { metric, unit, pointsPerUnit, base, maxUnits } = scoring;
      return {
        ...empty,
        metric,
        unit,
        pointsPerUnit: amount(pointsPerUnit),
        base: base === undefined ? "" : amount(base),
        maxUnits: text(maxUnits),
      };
    }
    case "tiered": {
      const { metric, unit } = scoring;
      const tiers = scoring.tiers.map(({ atMost, points }) => ({
        atMost: text(atMost),
        points: amount(points),
      }));
      return { ...empty, metric, unit, tiers };
    }
  }
}

function optionValuesOf(option: Option, amount: (points: number) => string): OptionValues {
  const { key, label, when } = option;
  const scoring = plainValuesOf(option.scoring, amount);
  const condition = when ?? { ...DISTANCE, op: "atLeast" as const, value: 5 };
  return {
    key,
    label,
    scoring,
    hasCondition: when !== undefined,
    when: { ...condition, value: text(condition.value) },
  };
}

function scoringValuesOf(scoring: Scoring, amount: (points: number) => string): ScoringValues {
  const extra = { freePerDay: "1", options: [emptyOption([])], default: "option1" };
  switch (scoring.kind) {
    case "allowance": {
      const { kind, metric, unit, freePerDay, pointsPerUnit } = scoring;
      const rate = { pointsPerUnit: amount(pointsPerUnit), freePerDay: text(freePerDay) };
      return { ...emptyPlain(), ...extra, kind, metric, unit, ...rate };
    }
    case "variants": {
      const options = scoring.options.map((option) => optionValuesOf(option, amount));
      return {
        ...emptyPlain(),
        kind: "variants",
        freePerDay: "1",
        options,
        default: scoring.default,
      };
    }
    default:
      return { ...plainValuesOf(scoring, amount), ...extra };
  }
}

function bonusValuesOf({ kind, metric, unit, atLeast, points, label }: Bonus): BonusValues {
  return {
    metric: metric ?? NEW_BONUS.metric,
    unit: unit ?? NEW_BONUS.unit,
    isOncePerDay: kind === "oncePerDay",
    isForAny: atLeast === undefined,
    atLeast: atLeast === undefined ? NEW_BONUS.atLeast : text(atLeast),
    points: text(points),
    label,
  };
}

/** An activity type as its form shows it. */
export function valuesOf({ name, ...rule }: Rule & { name: string }): RuleValues {
  const { limits, isNegative } = rule;
  const amount = (points: number): string => text(isNegative ? Math.abs(points) : points);
  return {
    name,
    category: rule.category ?? "",
    isNegative,
    contributesToStreak: rule.contributesToStreak,
    scoring: scoringValuesOf(rule.scoring, amount),
    bonuses: rule.bonuses.map(bonusValuesOf),
    limits: {
      maxPerDay: text(limits.maxPerDay),
      maxPerWeek: text(limits.maxPerWeek),
      maxPerChallenge: text(limits.maxPerChallenge),
      maxPointsPerDay: text(limits.maxPointsPerDay),
      isEveryWeek: limits.validWeeks === undefined,
      validWeeks: (limits.validWeeks ?? []).map(String),
      finalDaysOnly: limits.finalDaysOnly === true,
    },
  };
}

/** The form of a type made from nothing. */
export const BLANK: RuleValues = valuesOf({
  name: "",
  scoring: { kind: "perUnit", metric: "distance_m", unit: "km", pointsPerUnit: 1 },
  bonuses: [],
  limits: {},
  contributesToStreak: true,
  isNegative: false,
});

/** The shape of the form, for drafts; weeks are no list where there is one. */
export const EXAMPLE = {
  ...BLANK,
  bonuses: [NEW_BONUS],
  limits: { ...BLANK.limits, validWeeks: null },
};
