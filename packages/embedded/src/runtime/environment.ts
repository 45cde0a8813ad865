/** The deployment's environment variables: `process.env` of functions. */
import type { JSONValue } from "convex/values";
import { PushError } from "./errors.ts";
import type { Transaction } from "../types.ts";

const ENVIRONMENT_ROW = "environment";
const BUILT_IN = ["CONVEX_CLOUD_URL", "CONVEX_SITE_URL"];
const NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
/** Convex's limits; values in bytes of UTF-8, all together with their names. */
const MAX_NAME_LENGTH = 256;
const MAX_VALUE_BYTES = 8192;
const MAX_VARIABLES = 512;
const MAX_TOTAL_BYTES = 512 * 1024;

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
    } else {
      checkValue(name, value);
      changed.set(name, value);
    }
  }
  checkAll(changed);
  return Object.fromEntries(changed);
}

function checkValue(name: string, value: string): void {
  const bytes = Buffer.byteLength(value);
  if (bytes <= MAX_VALUE_BYTES) return;
  throw refuse(
    `The value of ${name} is ${bytes} bytes, which is too large. (max size: ${MAX_VALUE_BYTES})`,
  );
}

function checkAll(variables: ReadonlyMap<string, string>): void {
  if (variables.size > MAX_VARIABLES) {
    throw refuse(`The environment variable limit (${MAX_VARIABLES}) has been met.`);
  }
  const bytes = [...variables].reduce(
    (sum, [name, value]) => sum + name.length + Buffer.byteLength(value),
    0,
  );
  if (bytes <= MAX_TOTAL_BYTES) return;
  throw refuse(
    `The environment variables are ${bytes} bytes together, which is too large. (max size: ${MAX_TOTAL_BYTES})`,
  );
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
