import type { Criteria, Definition } from "../../tables/achievements";
import type { Checked } from "../errors";
import { accept, invalid } from "./checked";
import { MAX_ROWS_PER_CHALLENGE } from "./ledger";
import {
  decimalProblem,
  firstProblem,
  MAX_AMOUNT,
  measureProblem,
  pointsProblem,
  type Problem,
  wholeProblem,
} from "./rule";
import { typesOf } from "./achievements";

/** Most types or thresholds one achievement can list. */
export const MAX_PARTS = 20;
/** Largest weight of a type in a sum. */
const MAX_FACTOR = 1_000;
/** Smallest amount and factor: one of the last decimal. */
const LEAST = 0.0001;

function* criteriaProblems(criteria: Criteria): Generator<Problem> {
  const types = typesOf(criteria);
  const list = {
    cumulative: "criteria.types",
    allThresholds: "criteria.thresholds",
    count: "criteria.activityTypeIds",
    distinctTypes: "criteria.activityTypeIds",
    oneOfEach: "criteria.activityTypeIds",
  }[criteria.kind];
  if (types.length === 0) yield invalid(list, "must not be empty");
  if (types.length > MAX_PARTS) yield invalid(list, `must be at most ${MAX_PARTS}`);
  if (criteria.kind !== "allThresholds" && new Set(types).size < types.length)
    yield invalid(list, "must not name a type twice");
  switch (criteria.kind) {
    case "count":
      yield wholeProblem("criteria.times", criteria.times, 1, MAX_ROWS_PER_CHALLENGE);
      if (criteria.measure) yield* amountProblems("criteria.measure", criteria.measure);
      return;
    case "cumulative":
      yield* amountProblems("criteria", criteria);
      for (const [index, { factor }] of criteria.types.entries())
        yield decimalProblem(`criteria.types.${index}.factor`, factor, LEAST, MAX_FACTOR);
      return;
    case "distinctTypes":
      yield wholeProblem("criteria.times", criteria.times, 2, types.length);
      return;
    case "allThresholds":
      for (const [index, threshold] of criteria.thresholds.entries())
        yield* amountProblems(`criteria.thresholds.${index}`, threshold);
      return;
    default:
  }
}

type Measure = NonNullable<Extract<Criteria, { kind: "count" }>["measure"]>;

function* amountProblems(path: string, { metric, unit, atLeast }: Measure): Generator<Problem> {
  yield measureProblem(path, metric, unit);
  yield decimalProblem(`${path}.atLeast`, atLeast, LEAST, MAX_AMOUNT);
}

/**
 * A definition as an organiser wants to save it, or INVALID_INPUT with the path of the first field at fault
 * (`criteria.thresholds.1.atLeast`). Refuses an empty list of types, more than 20, a type named twice; a unit that does not
 * measure its metric; amounts and factors that are not positive or have more than 4 decimals; counts that are not whole, or
 * more than can be logged; points that are not whole or beyond a million. That the types are of the challenge is for the
 * caller to check.
 */
export function checkDefinition(definition: Definition): Checked<Definition> {
  const problem =
    firstProblem(criteriaProblems(definition.criteria)) ??
    pointsProblem("points", definition.points);
  return problem ?? accept(definition);
}
