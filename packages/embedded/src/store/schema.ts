/** What a deploy changes in tables and indexes, and whether the existing documents fit. */
import { lastText } from "../codec/keys.ts";
import { tableNumberOfId } from "../codec/ids.ts";
import {
  documentKey,
  indexKeys,
  makeTable,
  toTableRecord,
  type Catalog,
  type Index,
  type IndexDefinition,
  type Table,
} from "./catalog.ts";
import type { Row } from "./disk.ts";
import { parseStored } from "./document.ts";
import { groupBy } from "./groupBy.ts";
import { StoreError } from "./errors.ts";
import { MAX_TABLES, TOO_MANY_TABLES } from "./limits.ts";
import type { Committed } from "./memtable.ts";
import { Scan } from "./scan.ts";
import { tableDefinitions, type TableDefinition } from "./schemaDefinitions.ts";
import { validate } from "./validators.ts";
import type { ComponentPath, IndexDiff, JsonObject, SchemaJson, SchemaProblem } from "../types.ts";

/** A catalog to come, and what leads from the present one to it. */
export interface SchemaPlan {
  catalog: Catalog;
  /** `isBuilt` where a preparation has written the rows. */
  added: Array<{ table: Table; index: Index; isBuilt: boolean }>;
  removed: Array<{ table: Table; index: Index }>;
  /** Tables whose documents must be checked: their validator is new or changed. */
  toCheck: Table[];
}

/** What was made ready of a change before it is applied. */
interface Prepared {
  builtIndex(before: Table, name: string, fields: readonly string[]): Index | undefined;
  unchecked(table: Table): ReadonlySet<string> | null;
}

/** Plans the change to the schemas given; components that are not named keep what they have. */
export function planSchemas(
  current: Catalog,
  schemas: ReadonlyMap<ComponentPath, SchemaJson>,
  prepared: Prepared | null = null,
): SchemaPlan {
  const plan: SchemaPlan = { catalog: current.copy(), added: [], removed: [], toCheck: [] };
  for (const [component, schema] of schemas) {
    const definitions = tableDefinitions(schema);
    for (const [name, definition] of definitions) {
      const before = plan.catalog.table(component, name);
      planTable(plan, before ?? plan.catalog.newTable(component, name), definition, prepared);
    }
    for (const table of current.tables(component)) {
      if (table.isSystem || definitions.has(table.name)) continue;
      planTable(plan, table, { validator: null, indexes: [] }, prepared);
    }
  }
  if (plan.catalog.userTables > MAX_TABLES) throw new StoreError("SCHEMA", TOO_MANY_TABLES);
  return plan;
}

/** Added and removed indexes of a plan, by component. */
export function diffsOf(plan: SchemaPlan, components: Iterable<ComponentPath>) {
  const diffs = new Map<ComponentPath, IndexDiff>();
  for (const component of components) diffs.set(component, { added: [], removed: [] });
  for (const change of ["added", "removed"] as const) {
    for (const { table, index } of plan[change]) {
      const fields = index.fields.slice(0, -2);
      diffs.get(table.component)?.[change].push({ table: table.name, name: index.name, fields });
    }
  }
  return diffs;
}

/** The first existing document that does not fit the plan; null when all do. */
export function findProblem(
  plan: SchemaPlan,
  committed: Committed,
  prepared: Prepared | null = null,
): SchemaProblem | null {
  for (const table of plan.toCheck) {
    const ids = prepared?.unchecked(table) ?? null;
    const unchecked = ids === null ? documents(table, committed) : some(table, committed, ids);
    for (const { id, document } of unchecked) {
      const problem = problemOf(plan, table, id, document);
      if (problem !== null) return problem;
    }
  }
  return null;
}

/** Why a document does not fit its table as it is planned; null when it does. */
export function problemOf(
  { catalog }: SchemaPlan,
  { component, name, validator }: Table,
  id: string,
  { _id, _creationTime, ...fields }: JsonObject,
): SchemaProblem | null {
  if (validator === null) return null;
  const problem = validate(validator, fields, (reference) => {
    const number = tableNumberOfId(reference);
    return number === null ? null : (catalog.tableByNumber(component, number)?.name ?? null);
  });
  if (problem === null) return null;
  const message = `Document with ID "${id}" in table "${name}" does not match the schema: ${problem}`;
  return { component, table: name, message };
}

/** The documents with these ids that there are. */
function* some(
  table: Table,
  committed: Committed,
  ids: Iterable<string>,
): Generator<{ id: string; document: JsonObject }> {
  for (const id of ids) {
    const stored = committed.get(documentKey(table, id));
    if (stored !== null) yield { id, document: parseStored(stored) };
  }
}

/** Every committed document of a table, in the order of ids. */
function* documents(
  table: Table,
  committed: Committed,
): Generator<{ id: string; document: JsonObject }> {
  const { number: indexNumber, prefix, end } = table.indexes[0]!;
  const scan = new Scan(committed, null, { indexNumber, lo: prefix, hi: end, reverse: false });
  for (let key = scan.next(); key !== null; key = scan.next()) {
    const id = lastText(key, table.idLength);
    const stored = committed.get(documentKey(table, id));
    if (stored !== null) yield { id, document: parseStored(stored) };
  }
}

function planTable(
  plan: SchemaPlan,
  before: Table,
  definition: TableDefinition,
  prepared: Prepared | null,
): void {
  const kept: IndexDefinition[] = [];
  const added = new Map<string, { isBuilt: boolean }>();
  for (const { name, fields } of definition.indexes) {
    const same = before.indexes.find(
      (index) => index.name === name && index.fields.slice(0, -2).join() === fields.join(),
    );
    const built = same === undefined ? prepared?.builtIndex(before, name, fields) : undefined;
    if (same === undefined) added.set(name, { isBuilt: built !== undefined });
    const number = (same ?? built)?.number ?? plan.catalog.newIndexNumber();
    kept.push({ name, fields, number });
  }
  const { validator } = definition;
  const after = makeTable(before.component, before.name, {
    ...toTableRecord(before),
    indexes: kept,
    validator,
  });
  plan.catalog.put(after);
  const numbers = new Set(after.indexes.map((index) => index.number));
  for (const index of after.indexes) {
    const addition = added.get(index.name);
    if (addition !== undefined) plan.added.push({ table: after, index, ...addition });
  }
  for (const index of before.indexes) {
    if (!numbers.has(index.number)) plan.removed.push({ table: after, index });
  }
  if (validator !== null && JSON.stringify(validator) !== JSON.stringify(before.validator)) {
    plan.toCheck.push(after);
  }
}

/** Writes the rows of the added indexes that were not built before; `report` gets what was done. */
export function buildIndexes(
  { added }: SchemaPlan,
  committed: Committed,
  put: (row: Row) => void,
  report: (line: string) => void,
): void {
  const unbuilt = added.filter(({ isBuilt }) => !isBuilt);
  for (const [table, group] of groupBy(unbuilt, ({ table }) => table)) {
    const indexes = group.map(({ index }) => index);
    let done = 0;
    for (const { document } of documents(table, committed)) {
      for (const key of indexKeys(indexes, document)) put({ key, value: "" });
      done++;
    }
    const names = indexes.map(({ name }) => name).join(", ");
    if (done > 0) report(`Added ${names} to ${nameOf(table)}: ${done} documents.`);
  }
}

/** A table as people know it. */
export function nameOf({ component, name }: Table): string {
  return component === "" ? `table ${name}` : `table ${name} of component ${component}`;
}
