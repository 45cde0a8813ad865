/** A schema as it was exported: what of it the store uses, and what is refused, with Convex's numbers and words. */
import type { ValidatorJSON } from "convex/values";
import { BY_CREATION_TIME, BY_ID } from "./catalog.ts";
import { StoreError } from "./errors.ts";
import { identifierProblem, isTableOrIndexName } from "./identifiers.ts";
import type { SchemaJson } from "../types.ts";

const MAX_INDEXES_PER_TABLE = 64;
const MAX_INDEX_FIELDS = 16;

export interface TableDefinition {
  /** Null accepts every document. */
  validator: ValidatorJSON | null;
  indexes: Array<{ name: string; fields: string[] }>;
}

interface ExportedIndex {
  indexDescriptor: string;
  fields: string[];
}

interface ExportedTable {
  tableName: string;
  indexes?: ExportedIndex[];
  stagedDbIndexes?: ExportedIndex[];
  searchIndexes?: unknown[];
  stagedSearchIndexes?: unknown[];
  vectorIndexes?: unknown[];
  stagedVectorIndexes?: unknown[];
  documentType?: ValidatorJSON | null;
}

/** What `schema.export()` answers. Staged, search and vector indexes are not built. */
interface ExportedSchema {
  schemaValidation?: boolean;
  tables?: ExportedTable[];
}

/** The tables of a schema by name; throws `StoreError` for what Convex refuses. */
export function tableDefinitions(schema: SchemaJson): Map<string, TableDefinition> {
  const { tables = [], schemaValidation = true } = (schema ?? {}) as ExportedSchema;
  return new Map(
    tables.map((exported) => {
      const { tableName, indexes = [], documentType } = exported;
      checkTable(exported, schemaValidation);
      const accepted = !schemaValidation || documentType == null || documentType.type === "any";
      return [
        tableName,
        {
          validator: accepted ? null : documentType,
          indexes: indexes.map(({ indexDescriptor, fields }) => ({
            name: indexDescriptor,
            fields,
          })),
        },
      ];
    }),
  );
}

function refuse(message: string): never {
  throw new StoreError("SCHEMA", message);
}

function checkTable(exported: ExportedTable, isEnforced: boolean): void {
  const { tableName, documentType } = exported;
  if (!isTableOrIndexName(tableName)) {
    refuse(
      `Invalid table name: "${tableName}". Identifiers must be 64 characters or less, start with a letter and can only contain letters, digits, and underscores.`,
    );
  }
  const problem = documentType && validatorNameProblem(documentType);
  if (problem) refuse(`In table "${tableName}": ${problem}`);
  if (indexCount(exported) > MAX_INDEXES_PER_TABLE) {
    refuse(`Table "${tableName}" cannot have more than ${MAX_INDEXES_PER_TABLE} indexes.`);
  }
  const built = [...(exported.indexes ?? []), ...(exported.stagedDbIndexes ?? [])];
  for (const index of built) {
    checkIndexName(tableName, index);
    checkIndexFields(tableName, index);
    if (isEnforced && documentType) checkReferences(tableName, index, documentType);
  }
  checkDistinct(tableName, built);
}

function indexCount(table: ExportedTable): number {
  return [
    table.indexes,
    table.stagedDbIndexes,
    table.searchIndexes,
    table.stagedSearchIndexes,
    table.vectorIndexes,
    table.stagedVectorIndexes,
  ].reduce((sum, indexes) => sum + (indexes?.length ?? 0), 0);
}

function checkIndexName(table: string, { indexDescriptor: name }: ExportedIndex): void {
  if (name === BY_ID || name === BY_CREATION_TIME || name.startsWith("_")) {
    refuse(
      `In table "${table}" cannot name an index "${name}" because the name is reserved. Indexes may not start with an underscore or be named "by_id" or "by_creation_time".`,
    );
  }
  if (!isTableOrIndexName(name)) {
    refuse(
      `In table "${table}": Invalid index name: "${name}". Identifiers must be 64 characters or less, start with a letter, and only contain letters, digits, underscores.`,
    );
  }
}

function checkIndexFields(table: string, { indexDescriptor: name, fields }: ExportedIndex): void {
  if (fields.length === 0) {
    refuse(`In table "${table}" index "${name}" must have at least one field.`);
  }
  const problem = fieldsProblem(fields);
  if (problem !== null) refuse(`In table "${table}": In index "${name}": ${problem}`);
}

function fieldsProblem(fields: readonly string[]): string | null {
  if (fields.length > MAX_INDEX_FIELDS) return `Indexes may have up to ${MAX_INDEX_FIELDS} fields.`;
  for (const [position, field] of fields.entries()) {
    if (field === "_id") {
      return "`_id` is not a valid index field. To load documents by ID, use `db.get(id)`.";
    }
    if (field === "_creationTime") {
      return "`_creationTime` is automatically added to the end of each index. It should not be added explicitly in the index definition. See https://docs.convex.dev/using/indexes for more details.";
    }
    if (field.startsWith("_")) {
      return "Reserved fields (starting with `_`) are not allowed in indexes.";
    }
    if (field.split(".").some((name) => identifierProblem(name) !== null)) {
      return `Invalid index field: "${field}"`;
    }
    if (fields.indexOf(field) < position) {
      return `Duplicate field ${field}. Index fields must be unique within an index.`;
    }
  }
  return null;
}

function checkReferences(
  table: string,
  { indexDescriptor: name, fields }: ExportedIndex,
  documentType: ValidatorJSON,
): void {
  const missing = fields.find((field) => !canContain(documentType, field.split(".")));
  if (missing === undefined) return;
  refuse(
    `In table "${table}" the index "${name}" is invalid because it references the field ${missing} that does not exist.`,
  );
}

/** True when some document of the type has something at the path. */
function canContain(type: ValidatorJSON, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (name === undefined || type.type === "any") return true;
  switch (type.type) {
    case "object": {
      const field = Object.hasOwn(type.value, name) ? type.value[name] : undefined;
      return field !== undefined && canContain(field.fieldType, rest);
    }
    case "record":
      return canContain(type.values.fieldType, rest);
    case "union":
      return type.value.some((member) => canContain(member, path));
    default:
      return false;
  }
}

function checkDistinct(table: string, indexes: readonly ExportedIndex[]): void {
  const byFields = new Map<string, string>();
  const names = new Set<string>();
  for (const { indexDescriptor: name, fields } of indexes) {
    const other = byFields.get(fields.join());
    if (names.has(name)) {
      refuse(`Table "${table}" has two or more definitions of index "${name}".`);
    }
    if (other !== undefined) {
      refuse(
        `In table "${table}" index "${other}" and index "${name}" have the same fields. Indexes must be unique within a table.`,
      );
    }
    byFields.set(fields.join(), name);
    names.add(name);
  }
}

/** Why a validator's fields cannot be named as they are; null when they can. */
export function validatorNameProblem(type: ValidatorJSON): string | null {
  switch (type.type) {
    case "object":
      return firstOf(
        Object.entries(type.value),
        ([name, { fieldType }]) => identifierProblem(name) ?? validatorNameProblem(fieldType),
      );
    case "union":
      return firstOf(type.value, validatorNameProblem);
    case "array":
      return validatorNameProblem(type.value);
    case "record":
      return validatorNameProblem(type.values.fieldType);
    default:
      return null;
  }
}

function firstOf<Item>(items: readonly Item[], problemOf: (item: Item) => string | null) {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== null) return problem;
  }
  return null;
}
