/** What a function answers, as HTTP and the sync protocol both write it. */
import type { Outcome } from "../types.ts";

/**
 * The fields of a JSON object that tell an outcome, without its braces: `value` or `errorMessage` and `errorData`, and
 * `logLines`.
 */
export function outcomeFields(outcome: Outcome): string {
  const { logLines } = outcome;
  if (outcome.success) return fieldsOf({ value: outcome.value, logLines });
  // What is undefined has no field in JSON.
  const { errorMessage, errorData } = outcome;
  return fieldsOf({ errorMessage, errorData, logLines });
}

function fieldsOf(object: object): string {
  return JSON.stringify(object).slice(1, -1);
}
