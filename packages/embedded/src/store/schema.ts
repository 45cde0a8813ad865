/** What a deploy changes in tables and indexes, and whether the existing documents fit. */
import { afterPrefix, indexPrefix, lastText } from "../codec/keys.ts";
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
import type { Disk, Row } from "./disk.ts";
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
  added: Array<{ table: Table; index: Index }>;
  removed: Array<{ table: Table; index: Index }>;
  /** Tables whose documents must be checked: their validator is new or changed. */
  toCheck: Table[];
}

/** Plans the change to the schemas given; components that are not named keep what they have. */
export function planSchemas(
  current: Catalog,
  schemas: ReadonlyMap<ComponentPath, SchemaJson>,
): SchemaPlan {
  const plan: SchemaPlan = { catalog: current.copy(), added: [], removed: [], toCheck: [] };
  for (const [component, schema] of schemas) {
    const definitions = tableDefinitions(schema);
    for (const [name, definition] of definitions) {
      const before = plan.catalog.table(component, name);
      planTable(plan, before ?? plan.catalog.newTable(component, name), definition);
    }
    for (const table of current.tables(component)) {
      if (table.isSystem || definitions.has(table.name)) continue;
      planTable(plan, table, { validator: null, indexes: [] });
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
export function findProblem(plan: SchemaPlan, committed: Committed): SchemaProblem | null {
  for (const table of plan.toCheck) {
    const tableOfId = (id: string) => {
      const number = tableNumberOfId(id);
      return number === null
        ? null
        : (plan.catalog.tableByNumber(table.component, number)?.name ?? null);
    };
    for (const { id, document } of documents(table, committed)) {
      const { _id, _creationTime, ...fields } = document;
      const problem = validate(table.validator!, fields, tableOfId);
      if (problem === null) continue;
      return {
        component: table.component,
        table: table.name,
        documentId: id,
        message: `Document with ID "${id}" in table "${table.name}" does not match the schema: ${problem}`,
      };
    }
  }
  return null;
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

function planTable(plan: SchemaPlan, before: Table, definition: TableDefinition): void {
  const kept: IndexDefinition[] = [];
  const addedNames = new Set<string>();
  for (const { name, fields } of definition.indexes) {
    const same = before.indexes.find(
      (index) => index.name === name && index.fields.slice(0, -2).join() === fields.join(),
    );
    if (same === undefined) addedNames.add(name);
    kept.push({ name, fields, number: same?.number ?? plan.catalog.newIndexNumber() });
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
    if (addedNames.has(index.name)) plan.added.push({ table: after, index });
  }
  for (const index of before.indexes) {
    if (!numbers.has(index.number)) plan.removed.push({ table: after, index });
  }
  if (validator !== null && JSON.stringify(validator) !== JSON.stringify(before.validator)) {
    plan.toCheck.push(after);
  }
}

/** Documents between two lines of progress. */
const REPORT_EVERY = 10_000;

/** Writes the rows of the added indexes and removes those of the removed ones; `report` gets the progress. */
export function migrateIndexes(
  plan: SchemaPlan,
  committed: Committed,
  put: (row: Row) => void,
  report: (line: string) => void,
): void {
  for (const { table, index } of plan.removed) {
    clearIndex(committed.disk, index.number, put);
    report(`Removed index ${index.name} of ${nameOf(table)}.`);
  }
  for (const [table, added] of groupBy(plan.added, ({ table }) => table)) {
    const indexes = added.map(({ index }) => index);
    const names = indexes.map(({ name }) => name).join(", ");
    let done = 0;
    for (const { document } of documents(table, committed)) {
      for (const key of indexKeys(indexes, document)) put({ key, value: "" });
      done++;
      if (done % REPORT_EVERY === 0)
        report(`Adding ${names} to ${nameOf(table)}: ${done} documents ...`);
    }
    if (done > 0) report(`Added ${names} to ${nameOf(table)}: ${done} documents.`);
  }
}

function nameOf({ component, name }: Table): string {
  return component === "" ? `table ${name}` : `table ${name} of component ${component}`;
}

/** Removes all rows of an index; inside one write. */
export function clearIndex(disk: Disk, indexNumber: number, put: (row: Row) => void): void {
  const prefix = indexPrefix(indexNumber);
  const end = afterPrefix(prefix);
  for (let exhausted = false; !exhausted;) {
    const found = disk.keys(prefix, end, 1000, false);
    for (const key of found.keys) put({ key, value: null });
    exhausted = found.exhausted;
  }
}
