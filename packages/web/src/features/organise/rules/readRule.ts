import { checkRule } from "@milepost/backend/rules/rule";
import { parseDecimal, type ParsedDecimal } from "../../../lib/decimals";
import { wordsOf } from "../../../lib/refusals";
import type { Rule } from "../../../lib/ruleWords";
import type {
  BonusValues,
  LimitValues,
  PlainValues,
  RuleValues,
  ScoringValues,
} from "./ruleValues";

type Scoring = Rule["scoring"];
type Plain = Extract<Scoring, { kind: "fixed" | "perUnit" | "tiered" }>;
type Bonus = Rule["bonuses"][number];

/** What is wrong with the field of a name. */
export interface FieldProblem {
  path: string;
  words: string;
}

export type ReadRule = { ok: true; rule: Rule } | { ok: false; problems: FieldProblem[] };

/** Reads a number that may be below zero, typed with either decimal sign and either minus. */
export function readSigned(text: string): ParsedDecimal {
  const trimmed = text.trim();
  if (!/^[-\u2212]/.test(trimmed)) return parseDecimal(trimmed);
  const read = parseDecimal(trimmed.slice(1));
  // Minus nothing is nothing.
  return read.ok ? { ok: true, value: read.value === 0 ? 0 : -read.value } : read;
}

/** Reads typed numbers and remembers what was none. */
class NumberReader {
  readonly problems: FieldProblem[] = [];

  constructor(private readonly isNegative: boolean) {}

  amount(path: string, text: string): number {
    return this.keep(path, parseDecimal(text));
  }

  optional(path: string, text: string): number | undefined {
    return text.trim() === "" ? undefined : this.amount(path, text);
  }

  signed(path: string, text: string): number {
    return this.keep(path, readSigned(text));
  }

  /** Points of the activity itself: below zero for a type that takes points, however they were typed. */
  points(path: string, text: string): number {
    const value = this.signed(path, text);
    return this.isNegative && value !== 0 ? -Math.abs(value) : value;
  }

  private keep(path: string, read: ParsedDecimal): number {
    if (read.ok) return read.value;
    this.problems.push({ path, words: read.problem });
    return 0;
  }
}

function readPlain(values: PlainValues, path: string, read: NumberReader): Plain {
  const { kind, metric, unit } = values;
  switch (kind) {
    case "fixed":
      return { kind, points: read.points(`${path}.points`, values.points) };
    case "perUnit": {
      const pointsPerUnit = read.points(`${path}.pointsPerUnit`, values.pointsPerUnit);
      const base = values.base.trim() === "" ? undefined : read.points(`${path}.base`, values.base);
      const maxUnits = read.optional(`${path}.maxUnits`, values.maxUnits);
      return {
        kind,
        metric,
        unit,
        pointsPerUnit,
        ...(base === undefined ? {} : { base }),
        ...(maxUnits === undefined ? {} : { maxUnits }),
      };
    }
    case "tiered": {
      const tiers = values.tiers.map((tier, index) => {
        const atMost = read.optional(`${path}.tiers.${index}.atMost`, tier.atMost);
        const points = read.points(`${path}.tiers.${index}.points`, tier.points);
        return atMost === undefined ? { points } : { atMost, points };
      });
      return { kind, metric, unit, tiers };
    }
  }
}

function readScoring(values: ScoringValues, read: NumberReader): Scoring {
  const { kind, metric, unit } = values;
  switch (kind) {
    case "allowance": {
      const freePerDay = read.amount("scoring.freePerDay", values.freePerDay);
      const pointsPerUnit = read.points("scoring.pointsPerUnit", values.pointsPerUnit);
      return { kind, metric, unit, freePerDay, pointsPerUnit };
    }
    case "variants": {
      const options = values.options.map(({ key, label, scoring, hasCondition, when }, index) => {
        const path = `scoring.options.${index}`;
        const plain = readPlain(scoring, `${path}.scoring`, read);
        const option = { key, label: label.trim().replaceAll(/\s+/g, " "), scoring: plain };
        if (!hasCondition) return option;
        return {
          ...option,
          when: { ...when, value: read.amount(`${path}.when.value`, when.value) },
        };
      });
      return { kind, options, default: values.default };
    }
    default:
      return readPlain({ ...values, kind }, "scoring", read);
  }
}

function readBonus(values: BonusValues, path: string, read: NumberReader): Bonus {
  const { metric, unit, isOncePerDay, isForAny } = values;
  const label = values.label.trim().replaceAll(/\s+/g, " ");
  const points = read.signed(`${path}.points`, values.points);
  if (isOncePerDay && isForAny) return { kind: "oncePerDay", points, label };
  const atLeast = read.amount(`${path}.atLeast`, values.atLeast);
  const bonus = { metric, unit, atLeast, points, label };
  return isOncePerDay ? { kind: "oncePerDay", ...bonus } : { kind: "threshold", ...bonus };
}

const COUNTED_LIMITS = ["maxPerDay", "maxPerWeek", "maxPerChallenge", "maxPointsPerDay"] as const;

function readLimits(values: LimitValues, read: NumberReader): Rule["limits"] {
  const limits: Rule["limits"] = {};
  for (const name of COUNTED_LIMITS) {
    const max = read.optional(`limits.${name}`, values[name]);
    if (max !== undefined) limits[name] = max;
  }
  if (!values.isEveryWeek)
    // A lone checkbox is no list.
    limits.validWeeks = [values.validWeeks]
      .flat()
      .map(Number)
      .toSorted((a, b) => a - b);
  if (values.finalDaysOnly) limits.finalDaysOnly = true;
  return limits;
}

/** The rule a form says, checked by the deployment's own rules; or what is wrong with which field. */
export function readRule(values: RuleValues): ReadRule {
  const { isNegative, contributesToStreak } = values;
  const read = new NumberReader(isNegative);
  const category = values.category.trim().replaceAll(/\s+/g, " ");
  const rule: Rule = {
    scoring: readScoring(values.scoring, read),
    // A type that takes points has no bonuses: they would soften the penalty.
    bonuses: isNegative
      ? []
      : values.bonuses.map((bonus, index) => readBonus(bonus, `bonuses.${index}`, read)),
    limits: readLimits(values.limits, read),
    contributesToStreak,
    isNegative,
    ...(category === "" ? {} : { category }),
  };
  if (read.problems.length > 0) return { ok: false, problems: read.problems };
  const checked = checkRule(rule);
  if (checked.ok) return { ok: true, rule };
  const { refusal } = checked;
  const path = refusal.code === "INVALID_INPUT" ? refusal.path : "scoring";
  return { ok: false, problems: [{ path, words: wordsOf(refusal) }] };
}
