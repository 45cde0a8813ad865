/** What may be written: names of tables and fields, and values. */
import type { JSONValue } from "convex/values";
import { InvalidValueError } from "../codec/json.ts";
import { storeDocument } from "./document.ts";
import { DatabaseError } from "./errors.ts";
import { MAX_DOCUMENT_NESTING } from "./limits.ts";
import type { JsonObject } from "../types.ts";

const TABLE_NAME = /^_?[a-zA-Z][a-zA-Z0-9_]{0,63}$/;

/** Refuses names that cannot be a table's. */
export function checkTableName(name: string): void {
  if (TABLE_NAME.test(name)) return;
  throw new DatabaseError(
    "InvalidTable",
    `Invalid table name "${name}": a table name starts with a letter, has letters, digits and underscores, and at most 64 characters.`,
  );
}

/** The stored form of a document; refuses values that cannot be stored. System tables hold any value. */
export function stateOf(document: JsonObject, isSystem: boolean): ReturnType<typeof storeDocument> {
  try {
    const state = storeDocument(document);
    if (!isSystem) checkInside(state);
    return state;
  } catch (error) {
    if (error instanceof InvalidValueError) throw new DatabaseError("InvalidValue", error.message);
    throw error;
  }
}

/** Refuses what a value may hold and a document may not. */
function checkInside({ nesting, nestedSystemField }: ReturnType<typeof storeDocument>): void {
  if (nesting > MAX_DOCUMENT_NESTING) {
    throw new InvalidValueError(
      `Document is too nested (nested ${nesting} levels deep > maximum nesting ${MAX_DOCUMENT_NESTING})`,
    );
  }
  if (nestedSystemField !== null) {
    throw new InvalidValueError(
      `Field '${nestedSystemField}' starts with an underscore, which is not allowed for nested fields`,
    );
  }
}

/** Refuses fields that begin with an underscore. */
export function checkNoSystemFields(value: JsonObject): void {
  for (const name in value) {
    if (name.startsWith("_")) {
      throw new DatabaseError(
        "InvalidValue",
        `Field '${name}' starts with an underscore, which is only allowed for system fields like '_id'`,
      );
    }
  }
}

/** The fields of a new value; its system fields may be there if they are the document's own. */
export function withoutSystemFields(value: JsonObject, document: JsonObject): JsonObject {
  const { _id, _creationTime, ...fields } = value;
  checkUnchanged("_id", _id, document);
  checkUnchanged("_creationTime", _creationTime, document);
  checkNoSystemFields(fields);
  return fields;
}

function checkUnchanged(
  name: "_id" | "_creationTime",
  provided: JSONValue | undefined,
  document: JsonObject,
): void {
  if (provided === undefined || provided === document[name]) return;
  const meaning = name === "_id" ? "the document ID" : "the document's creation time";
  throw new DatabaseError(
    "InvalidValue",
    `Provided \`${name}\` field value ${JSON.stringify(provided)} does not match ${meaning} ${JSON.stringify(document[name])}`,
  );
}

/** True for the mark that removes a field in a patch. */
export function isUndefined(field: JSONValue): boolean {
  return (
    typeof field === "object" &&
    field !== null &&
    !Array.isArray(field) &&
    Object.hasOwn(field, "$undefined")
  );
}
