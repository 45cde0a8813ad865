/** The deployment's environment variables: `process.env` of functions. */
import type { JSONValue } from "convex/values";
import { PushError } from "./errors.ts";
import type { Transaction } from "../types.ts";

const ENVIRONMENT_ROW = "environment";
const BUILT_IN = ["CONVEX_CLOUD_URL", "CONVEX_SITE_URL"];
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Convex's limits. */
const MAX_NAME_LENGTH = 40;
const MAX_VALUE_LENGTH = 8192;
const MAX_VARIABLES = 100;

export interface EnvironmentChange {
  name: string;
  /** None removes the variable. */
  value?: string | null | undefined;
}

/** The variables that were set, without the built-in ones. */
export function readEnvironment(transaction: Transaction): Record<string, string> {
  return (transaction.hostGet(ENVIRONMENT_ROW) ?? {}) as Record<string, string>;
}

export function writeEnvironment(
  transaction: Transaction,
  variables: Record<string, string>,
): void {
  transaction.hostPut(ENVIRONMENT_ROW, variables as JSONValue);
}

/** `variables` with `changes`; refuses names and values that Convex refuses. */
export function changeEnvironment(
  variables: Record<string, string>,
  changes: readonly EnvironmentChange[],
): Record<string, string> {
  const changed = new Map(Object.entries(variables));
  for (const { name, value } of changes) {
    checkName(name);
    if (value === undefined || value === null) {
      changed.delete(name);
    } else if (value.length > MAX_VALUE_LENGTH) {
      throw refuse(`The value of ${name} is longer than ${MAX_VALUE_LENGTH} characters.`);
    } else {
      changed.set(name, value);
    }
  }
  if (changed.size > MAX_VARIABLES)
    throw refuse(`More than ${MAX_VARIABLES} environment variables.`);
  return Object.fromEntries(changed);
}

function checkName(name: string): void {
  if (BUILT_IN.includes(name)) throw refuse(`${name} is built in and cannot be changed.`);
  if (!NAME.test(name) || name.length > MAX_NAME_LENGTH) {
    throw refuse(
      `"${name}" is not a name for an environment variable: letters, digits and underscores, ` +
        `not starting with a digit, at most ${MAX_NAME_LENGTH} characters.`,
    );
  }
}

function refuse(message: string): PushError {
  return new PushError("InvalidEnvironmentVariable", message);
}
