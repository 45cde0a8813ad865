/** The expressions of `q.filter(...)`, compiled to a predicate over a document. */
import { compareValues, jsonToConvex, type JSONValue, type Value } from "convex/values";
import { valueAt } from "../codec/json.ts";
import { DatabaseError } from "./errors.ts";
import type { JsonObject } from "../types.ts";

type Expression = (document: JsonObject) => Value | undefined;

/** A predicate for the serialized expression; throws for an operator that does not exist. */
export function compileFilter(expression: JSONValue): (document: JsonObject) => boolean {
  const evaluate = compile(expression);
  return (document) => asBoolean(evaluate(document), "filter");
}

const COMPARISONS: Record<string, (order: number) => boolean> = {
  $eq: (order) => order === 0,
  $neq: (order) => order !== 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
};

interface Arithmetic {
  floats(left: number, right: number): number;
  integers(left: bigint, right: bigint): bigint;
}

const ARITHMETIC: Record<string, Arithmetic> = {
  $add: { floats: (left, right) => left + right, integers: (left, right) => left + right },
  $sub: { floats: (left, right) => left - right, integers: (left, right) => left - right },
  $mul: { floats: (left, right) => left * right, integers: (left, right) => left * right },
  $div: { floats: (left, right) => left / right, integers: (left, right) => left / right },
  $mod: { floats: (left, right) => left % right, integers: (left, right) => left % right },
};

function compile(expression: JSONValue): Expression {
  if (typeof expression !== "object" || expression === null || Array.isArray(expression)) {
    throw unknown(expression);
  }
  const [operator, operand] = Object.entries(expression)[0] ?? [];
  if (operator === undefined || operand === undefined) throw unknown(expression);
  if (operator === "$field" && typeof operand === "string") return compileField(operand);
  if (operator === "$literal") return compileLiteral(operand);
  if (operator === "$not") {
    const inner = compile(operand);
    return (document) => !asBoolean(inner(document), operator);
  }
  if (operator === "$neg") {
    const inner = compile(operand);
    return (document) => negate(inner(document));
  }
  if (!Array.isArray(operand)) throw unknown(expression);
  const operands = operand.map(compile);
  if (operator === "$and") {
    return (document) => operands.every((inner) => asBoolean(inner(document), operator));
  }
  if (operator === "$or") {
    return (document) => operands.some((inner) => asBoolean(inner(document), operator));
  }
  return compileBinary(operator, operands, expression);
}

function compileBinary(
  operator: string,
  [left, right]: Expression[],
  expression: JSONValue,
): Expression {
  if (left === undefined || right === undefined) throw unknown(expression);
  const comparison = COMPARISONS[operator];
  if (comparison !== undefined) {
    return (document) => comparison(compareValues(left(document), right(document)));
  }
  const arithmetic = ARITHMETIC[operator];
  if (arithmetic === undefined) throw unknown(expression);
  return (document) => calculate(operator, arithmetic, left(document), right(document));
}

function compileField(path: string): Expression {
  const names = path.split(".");
  return (document) => {
    const value = valueAt(document, names);
    return value === undefined ? undefined : jsonToConvex(value);
  };
}

function compileLiteral(literal: JSONValue): Expression {
  const isUndefined =
    typeof literal === "object" && literal !== null && Object.hasOwn(literal, "$undefined");
  const value = isUndefined ? undefined : jsonToConvex(literal);
  return () => value;
}

function calculate(
  operator: string,
  arithmetic: Arithmetic,
  left: Value | undefined,
  right: Value | undefined,
): Value {
  if (typeof left === "number" && typeof right === "number") return arithmetic.floats(left, right);
  if (typeof left === "bigint" && typeof right === "bigint") {
    if (right === 0n && (operator === "$div" || operator === "$mod")) {
      throw invalid("Division by zero in a filter");
    }
    return inInt64(arithmetic.integers(left, right));
  }
  throw invalid(
    `The operands of ${operator} in a filter must be two numbers or two bigints, got ${kind(left)} and ${kind(right)}`,
  );
}

function negate(value: Value | undefined): Value {
  if (typeof value === "number") return -value;
  if (typeof value === "bigint") return inInt64(-value);
  throw invalid(`The operand of $neg in a filter must be a number or a bigint, got ${kind(value)}`);
}

function inInt64(value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw invalid("Integer overflow in a filter");
}

function asBoolean(value: Value | undefined, operator: string): boolean {
  if (typeof value === "boolean") return value;
  throw invalid(`The operand of ${operator} must be a boolean, got ${kind(value)}`);
}

function kind(value: Value | undefined): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "an array" : typeof value;
}

function invalid(message: string): DatabaseError {
  return new DatabaseError("InvalidQuery", message);
}

function unknown(expression: JSONValue): DatabaseError {
  return invalid(`Unknown filter expression ${JSON.stringify(expression)}`);
}
