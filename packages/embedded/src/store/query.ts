/** Turns the query builder's JSON into an index range and the operators behind it. */
import type { JSONValue } from "convex/values";
import { afterPrefix, encodeKey } from "../codec/keys.ts";
import { BY_CREATION_TIME, type Index, type Table } from "./catalog.ts";
import { DatabaseError } from "./errors.ts";
import { compileFilter } from "./filter.ts";
import type { ScanRange } from "./scan.ts";
import type { JsonObject, QueryJson } from "../types.ts";

/** A step of the pipeline behind the range, in the order it was chained. */
export type Operator =
  | { type: "filter"; accepts: (document: JsonObject) => boolean }
  | { type: "limit"; limit: number };

interface RangeExpression {
  type: "Eq" | "Gt" | "Gte" | "Lt" | "Lte";
  fieldPath: string;
  value: JSONValue;
}

/** The table and the index a query reads. */
export function querySource(query: QueryJson): { table: string; index: string } {
  const { type, tableName, indexName } = query.source;
  if (type === "FullTableScan" && typeof tableName === "string") {
    return { table: tableName, index: BY_CREATION_TIME };
  }
  const dot = typeof indexName === "string" ? indexName.indexOf(".") : -1;
  if (typeof indexName !== "string" || dot < 0) {
    throw invalid(`Unknown query source ${JSON.stringify(query.source)}`);
  }
  if (type === "Search") {
    throw new DatabaseError(
      "Unsupported",
      `The search index "${indexName}" cannot be used: text search is not part of the embedded deployment. It works on Convex cloud and on self-hosted Convex.`,
    );
  }
  return { table: indexName.slice(0, dot), index: indexName.slice(dot + 1) };
}

export function findIndex(table: Table, name: string): Index {
  const index = table.indexes.find((candidate) => candidate.name === name);
  if (index === undefined) {
    throw new DatabaseError("IndexNotFound", `Index ${table.name}.${name} not found.`);
  }
  return index;
}

/** The keys a query asks for; throws when the range does not fit the index. */
export function compileRange(query: QueryJson, index: Index): ScanRange {
  const { source } = query;
  const expressions =
    source["type"] === "IndexRange" ? (source["range"] as unknown as RangeExpression[]) : [];
  const equals: JSONValue[] = [];
  let lower: RangeExpression | null = null;
  let upper: RangeExpression | null = null;
  for (const expression of expressions) {
    const expected = index.fields[equals.length];
    const bound = lower ?? upper;
    if (expression.type === "Eq" && bound !== null) throw outOfOrder(index, expression, bound);
    if (expression.fieldPath !== expected) {
      throw invalid(
        `The index range of ${index.name} uses the field "${expression.fieldPath}" where ${expected === undefined ? "no further field" : `"${expected}"`} is expected: index fields are compared in their order, and .gt and .lt on the same field.`,
      );
    }
    if (expression.type === "Eq") {
      equals.push(expression.value);
    } else if (expression.type === "Gt" || expression.type === "Gte") {
      if (lower !== null) throw outOfOrder(index, expression, lower);
      lower = expression;
    } else {
      if (upper !== null) throw outOfOrder(index, expression, upper);
      upper = expression;
    }
  }
  const prefix = encodeKey(index.prefix, equals);
  return {
    indexNumber: index.number,
    lo: lower === null ? prefix : edge(prefix, lower),
    hi: upper === null ? afterPrefix(prefix) : edge(prefix, upper),
    reverse: source["order"] === "desc",
  };
}

export function compileOperators(query: QueryJson): Operator[] {
  return query.operators.map((operator): Operator => {
    const { filter, limit } = operator as { filter?: JSONValue; limit?: JSONValue };
    if (filter !== undefined) return { type: "filter", accepts: compileFilter(filter) };
    if (typeof limit === "number" && limit >= 0) return { type: "limit", limit };
    throw invalid(`Unknown query operator ${JSON.stringify(operator)}`);
  });
}

function edge(prefix: Buffer, { type, value }: RangeExpression): Buffer {
  const key = encodeKey(prefix, [value]);
  return type === "Gt" || type === "Lte" ? afterPrefix(key) : key;
}

function outOfOrder(index: Index, expression: RangeExpression, before: RangeExpression) {
  return invalid(
    `The index range of ${index.name} cannot chain .${expression.type.toLowerCase()}() after .${before.type.toLowerCase()}().`,
  );
}

function invalid(message: string): DatabaseError {
  return new DatabaseError("InvalidQuery", message);
}
