/** Which tables and indexes there are, under which numbers. Tables and indexes are immutable values. */
import type { ValidatorJSON } from "convex/values";
import { FIRST_TABLE_NUMBER, idLength } from "../codec/ids.ts";
import { afterPrefix, encodeKey, indexPrefix } from "../codec/keys.ts";
import { valueAt } from "../codec/json.ts";
import type { ComponentPath, JsonObject } from "../types.ts";

/** Index numbers with a meaning of their own. */
export const HOST_ROWS = 0;
export const META_ROWS = 1;
/** No rows: stands for the existence of tables in read sets and commits. */
export const TABLE_NAMES = 2;
const FIRST_INDEX_NUMBER = 16;

export const BY_ID = "by_id";
export const BY_CREATION_TIME = "by_creation_time";

export interface Index {
  readonly name: string;
  readonly number: number;
  /** All fields of its keys, ending in `_creationTime` and `_id`. */
  readonly fields: readonly string[];
  readonly paths: ReadonlyArray<readonly string[]>;
  readonly prefix: Buffer;
  /** The first key behind the whole index. */
  readonly end: Buffer;
}

export interface Table {
  readonly component: ComponentPath;
  readonly name: string;
  readonly number: number;
  readonly idLength: number;
  readonly isSystem: boolean;
  /** by_id, by_creation_time, then those of the schema. */
  readonly indexes: readonly Index[];
  /** What every document must match; null accepts all. */
  readonly validator: ValidatorJSON | null;
}

export interface IndexDefinition {
  name: string;
  number: number;
  fields: string[];
}

/** A table as it is kept on disk. */
interface TableRecord {
  number: number;
  byId: number;
  byCreationTime: number;
  indexes: IndexDefinition[];
  validator: ValidatorJSON | null;
}

export interface CatalogRecord {
  nextIndexNumber: number;
  components: Record<
    ComponentPath,
    { nextTableNumber: number; tables: Record<string, TableRecord> }
  >;
}

interface Component {
  nextTableNumber: number;
  byName: Map<string, Table>;
  byNumber: Map<number, Table>;
}

function makeIndex(name: string, number: number, fields: readonly string[]): Index {
  const prefix = indexPrefix(number);
  const paths = fields.map((field) => field.split("."));
  return { name, number, fields, paths, prefix, end: afterPrefix(prefix) };
}

export function makeTable(component: ComponentPath, name: string, record: TableRecord): Table {
  return {
    component,
    name,
    number: record.number,
    idLength: idLength(record.number),
    isSystem: name.startsWith("_"),
    indexes: [
      makeIndex(BY_ID, record.byId, ["_id"]),
      makeIndex(BY_CREATION_TIME, record.byCreationTime, ["_creationTime", "_id"]),
      ...record.indexes.map((index) =>
        makeIndex(index.name, index.number, [...index.fields, "_creationTime", "_id"]),
      ),
    ],
    validator: record.validator,
  };
}

/**
 * The keys of a document in the indexes given, in their order. `before` is an earlier state with its keys in the
 * same indexes: what a change leaves alone is the same value there, and need not be encoded again.
 */
export function indexKeys(
  indexes: readonly Index[],
  document: JsonObject,
  before?: { document: JsonObject; keys: readonly Buffer[] },
): Buffer[] {
  return indexes.map(({ prefix, paths }, position) => {
    const known = before?.keys[position];
    const isKept = ([field = ""]: readonly string[]): boolean =>
      before?.document[field] === document[field];
    if (known !== undefined && paths.every(isKept)) return known;
    return encodeKey(
      prefix,
      paths.map((path) => valueAt(document, path)),
    );
  });
}

/** The key a document's text is stored under. */
export function documentKey(table: Table, id: string): Buffer {
  return encodeKey(table.indexes[0]!.prefix, [id]);
}

/** The key that stands for "there is a table of this name". */
export function tableNameKey(component: ComponentPath, name: string): Buffer {
  return encodeKey(indexPrefix(TABLE_NAMES), [component, name]);
}

export class Catalog {
  #nextIndexNumber = FIRST_INDEX_NUMBER;
  readonly #components = new Map<ComponentPath, Component>();

  static fromRecord(record: CatalogRecord): Catalog {
    const catalog = new Catalog();
    catalog.#nextIndexNumber = record.nextIndexNumber;
    for (const [path, { nextTableNumber, tables }] of Object.entries(record.components)) {
      catalog.#component(path).nextTableNumber = nextTableNumber;
      for (const [name, table] of Object.entries(tables)) {
        catalog.put(makeTable(path, name, table));
      }
    }
    return catalog;
  }

  toRecord(): CatalogRecord {
    const components = [...this.#components].map(([path, { nextTableNumber, byName }]) => {
      const tables = [...byName].map(([name, table]) => [name, toTableRecord(table)] as const);
      return [path, { nextTableNumber, tables: Object.fromEntries(tables) }] as const;
    });
    // An assignment to `__proto__` would be lost.
    return {
      nextIndexNumber: this.#nextIndexNumber,
      components: Object.fromEntries(components),
    };
  }

  /** A catalog that can be changed without changing this one. */
  copy(): Catalog {
    return Catalog.fromRecord(this.toRecord());
  }

  table(component: ComponentPath, name: string): Table | undefined {
    return this.#components.get(component)?.byName.get(name);
  }

  tableByNumber(component: ComponentPath, number: number): Table | undefined {
    return this.#components.get(component)?.byNumber.get(number);
  }

  tables(component: ComponentPath): Table[] {
    return [...(this.#components.get(component)?.byName.values() ?? [])];
  }

  /** The tables of every component. */
  allTables(): Table[] {
    return [...this.#components.keys()].flatMap((component) => this.tables(component));
  }

  /** How many tables functions have. */
  get userTables(): number {
    return this.allTables().filter(({ isSystem }) => !isSystem).length;
  }

  /** Adds a table or replaces the one of that name. */
  put(table: Table): void {
    const component = this.#component(table.component);
    const before = component.byName.get(table.name);
    // Two tables of an import may change their numbers with one another.
    if (before !== undefined && component.byNumber.get(before.number) === before) {
      component.byNumber.delete(before.number);
    }
    component.byName.set(table.name, table);
    component.byNumber.set(table.number, table);
    component.nextTableNumber = Math.max(component.nextTableNumber, table.number + 1);
  }

  remove({ component: path, name, number }: Table): void {
    const component = this.#component(path);
    component.byName.delete(name);
    component.byNumber.delete(number);
  }

  /** Numbers for a new table, which is not added yet; numbers that end up unused are skipped for good. */
  newTable(component: ComponentPath, name: string): Table {
    return makeTable(component, name, {
      number: name.startsWith("_")
        ? this.#newSystemNumber(component)
        : this.#component(component).nextTableNumber++,
      byId: this.newIndexNumber(),
      byCreationTime: this.newIndexNumber(),
      indexes: [],
      validator: null,
    });
  }

  /** Tables of the deployment itself have reserved numbers: an import brings those of functions with it. */
  #newSystemNumber(component: ComponentPath): number {
    const taken = this.tables(component).map(({ number }) => number);
    return Math.max(0, ...taken.filter((number) => number < FIRST_TABLE_NUMBER)) + 1;
  }

  /** Leaves the index numbers alone that `other`, a changed copy of this one, has given out. */
  reserveIndexNumbers(other: Catalog): void {
    this.#nextIndexNumber = Math.max(this.#nextIndexNumber, other.#nextIndexNumber);
  }

  newIndexNumber(): number {
    return this.#nextIndexNumber++;
  }

  #component(path: ComponentPath): Component {
    let component = this.#components.get(path);
    if (component === undefined) {
      component = { nextTableNumber: FIRST_TABLE_NUMBER, byName: new Map(), byNumber: new Map() };
      this.#components.set(path, component);
    }
    return component;
  }
}

/** The table as a record, for the disk or for a changed copy. */
export function toTableRecord(table: Table): TableRecord {
  const [byId, byCreationTime, ...indexes] = table.indexes;
  return {
    number: table.number,
    byId: byId!.number,
    byCreationTime: byCreationTime!.number,
    indexes: indexes.map(({ name, number, fields }) => ({
      name,
      number,
      fields: fields.slice(0, -2),
    })),
    validator: table.validator,
  };
}

/** The JSON text of the catalog's row. */
export function catalogText(catalog: Catalog): string {
  return JSON.stringify(catalog.toRecord());
}
