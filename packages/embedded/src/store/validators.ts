/**
 * Validators in their JSON form, for documents, arguments and results. Most values match, so a value
 * is checked without words first; the message is made only when it does not match.
 */
import type { JSONValue, ValidatorJSON } from "convex/values";
import { isPlainObject } from "../codec/json.ts";
import type { JsonObject } from "../types.ts";

/** The name of the table an id belongs to; null when it is not an id or its table is unknown. */
export type TableOfId = (id: string) => string | null;

/**
 * Checks a value in Convex's JSON form. Returns null when it matches, else what is wrong, in Convex's
 * words: the problem, the path, the value and the validator.
 */
export function validate(
  validator: ValidatorJSON,
  value: JSONValue,
  tableOfId: TableOfId,
): string | null {
  if (matches(validator, value, tableOfId)) return null;
  return explain(validator, value, tableOfId, "");
}

function matches(validator: ValidatorJSON, value: JSONValue, tableOfId: TableOfId): boolean {
  switch (validator.type) {
    case "any":
      return true;
    case "null":
      return value === null;
    case "string":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "number":
      return typeof value === "number" || encodes(value, "$float");
    case "bigint":
    case "commitTs":
      return encodes(value, "$integer") || encodes(value, "$commitTs");
    case "bytes":
      return encodes(value, "$bytes");
    case "literal":
      return sameLiteral(validator.value, value);
    case "id":
      return typeof value === "string" && tableOfId(value) === validator.tableName;
    case "array":
      return (
        Array.isArray(value) &&
        value.every((element) => matches(validator.value, element, tableOfId))
      );
    case "union":
      return validator.value.some((member) => matches(member, value, tableOfId));
    case "object":
      return isPlainObject(value) && objectMatches(validator.value, value, tableOfId);
    case "record":
      return isPlainObject(value) && recordMatches(validator, value, tableOfId);
  }
}

type Fields = Extract<ValidatorJSON, { type: "object" }>["value"];
type RecordValidator = Extract<ValidatorJSON, { type: "record" }>;

function objectMatches(fields: Fields, value: JsonObject, tableOfId: TableOfId): boolean {
  for (const name in fields) {
    const { fieldType, optional } = fields[name]!;
    const field = Object.hasOwn(value, name) ? value[name] : undefined;
    if (field === undefined ? !optional : !matches(fieldType, field, tableOfId)) return false;
  }
  for (const name in value) if (!Object.hasOwn(fields, name)) return false;
  return true;
}

function recordMatches(validator: RecordValidator, value: JsonObject, tableOfId: TableOfId) {
  for (const name in value) {
    if (!matches(validator.keys, name, tableOfId)) return false;
    if (!matches(validator.values.fieldType, value[name]!, tableOfId)) return false;
  }
  return true;
}

/** What is wrong with a value that does not match; null for one that does. */
function explain(
  validator: ValidatorJSON,
  value: JSONValue,
  tableOfId: TableOfId,
  path: string,
): string | null {
  if (matches(validator, value, tableOfId)) return null;
  if (validator.type === "id" && typeof value === "string") {
    const table = tableOfId(value);
    if (table !== null) return wrongTable(value, table, validator.tableName, path);
  } else if (validator.type === "literal") {
    return `\`${showValue(value)}\` does not match literal validator \`${showValidator(validator)}\`.${inline(path)}`;
  } else if (validator.type === "array" && Array.isArray(value)) {
    return firstProblem(value, (element, i) =>
      explain(validator.value, element, tableOfId, `${path}[${i}]`),
    );
  } else if (validator.type === "object" && isPlainObject(value)) {
    return explainObject(validator, value, tableOfId, path);
  } else if (validator.type === "record" && isPlainObject(value)) {
    return firstProblem(
      Object.entries(value),
      ([name, field]) =>
        explain(validator.keys, name, tableOfId, `${path}.keys()`) ??
        explain(validator.values.fieldType, field, tableOfId, `${path}.values()`),
    );
  } else if (validator.type === "union" && validator.value.length === 1) {
    return explain(validator.value[0]!, value, tableOfId, path);
  }
  return `Value does not match validator.\n${context(path)}\nValue: ${showValue(value)}\nValidator: ${showValidator(validator)}`;
}

function explainObject(
  validator: Extract<ValidatorJSON, { type: "object" }>,
  value: JsonObject,
  tableOfId: TableOfId,
  path: string,
): string | null {
  const details = () =>
    `\n${context(path)}\nObject: ${showValue(value)}\nValidator: ${showValidator(validator)}`;
  for (const [name, { fieldType, optional }] of sortedEntries(validator.value)) {
    if (Object.hasOwn(value, name)) {
      const problem = explain(fieldType, value[name]!, tableOfId, `${path}.${name}`);
      if (problem !== null) return problem;
    } else if (!optional) {
      return `Object is missing the required field \`${name}\`. Consider wrapping the field validator in \`v.optional(...)\` if this is expected.${details()}`;
    }
  }
  const extra = Object.keys(value)
    .sort()
    .find((name) => !Object.hasOwn(validator.value, name));
  if (extra === undefined) return null;
  return `Object contains extra field \`${extra}\` that is not in the validator.${details()}`;
}

function firstProblem<Item>(
  items: readonly Item[],
  check: (item: Item, position: number) => string | null,
): string | null {
  for (const [position, item] of items.entries()) {
    const problem = check(item, position);
    if (problem !== null) return problem;
  }
  return null;
}

function wrongTable(id: string, found: string, expected: string, path: string): string {
  const origin = found.startsWith("_") ? "a system table" : `table \`${found}\``;
  return `Found ID "${id}" from ${origin}, which does not match the table name in validator \`v.id("${expected}")\`.${inline(path)}`;
}

function context(path: string): string {
  return path === "" ? "" : `Path: ${path}`;
}

function inline(path: string): string {
  return path === "" ? "" : `\n${context(path)}`;
}

function encodes(value: JSONValue, key: string): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.hasOwn(value, key)
  );
}

/** Literals are strings, numbers, booleans and bigints, so their JSON forms compare as text. */
function sameLiteral(literal: JSONValue, value: JSONValue): boolean {
  return literal === value || JSON.stringify(literal) === JSON.stringify(value);
}

function sortedEntries<Item>(fields: Record<string, Item>): Array<[string, Item]> {
  return Object.entries(fields).sort(([left], [right]) => (left < right ? -1 : 1));
}

/** A value as Convex prints it in errors: floats with a point, integers with an n. */
function showValue(value: JSONValue): string {
  if (typeof value === "number") return Number.isInteger(value) ? value.toFixed(1) : String(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(showValue).join(", ")}]`;
  if (isPlainObject(value)) {
    const fields = sortedEntries(value).map(([name, field]) => `${name}: ${showValue(field)}`);
    return `{${fields.join(", ")}}`;
  }
  return showSpecial(value);
}

function showSpecial(value: JsonObject): string {
  const [kind, content] = Object.entries(value)[0]!;
  const bytes = Buffer.from(typeof content === "string" ? content : "", "base64");
  if (kind === "$integer" && bytes.length === 8) return `${bytes.readBigInt64LE()}n`;
  if (kind === "$float" && bytes.length === 8) {
    const number = bytes.readDoubleLE();
    return Object.is(number, -0) ? "-0.0" : String(number);
  }
  return kind === "$bytes" ? `bytes(${bytes.toString("base64")})` : JSON.stringify(value);
}

/** A validator as it is written in a schema. */
export function showValidator(validator: ValidatorJSON): string {
  switch (validator.type) {
    case "number":
      return "v.float64()";
    case "bigint":
      return "v.int64()";
    case "literal":
      return `v.literal(${showValue(validator.value)})`;
    case "id":
      return `v.id("${validator.tableName}")`;
    case "array":
      return `v.array(${showValidator(validator.value)})`;
    case "union":
      return `v.union(${validator.value.map(showValidator).join(", ")})`;
    case "record":
      return `v.record(${showValidator(validator.keys)}, ${showValidator(validator.values.fieldType)})`;
    case "object": {
      const fields = sortedEntries(validator.value).map(([name, { fieldType, optional }]) => {
        const shown = showValidator(fieldType);
        return `${name}: ${optional ? `v.optional(${shown})` : shown}`;
      });
      return `v.object({${fields.join(", ")}})`;
    }
    case "any":
    case "null":
    case "string":
    case "boolean":
    case "bytes":
    case "commitTs":
      return `v.${validator.type}()`;
  }
}
