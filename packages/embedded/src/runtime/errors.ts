/** What the runtime refuses, and how an error thrown by a function becomes text. */
import { inspect } from "node:util";
import type { JSONValue } from "convex/values";

/** Codes the official CLI knows or prints with a failed push. */
export type PushErrorCode =
  | "AuthConfigMissingEnvironmentVariable"
  | "InvalidAuthConfig"
  | "InvalidComponent"
  | "InvalidCronJob"
  | "InvalidEnvironmentVariable"
  | "InvalidModules"
  | "InvalidPush"
  | "InvalidSchema"
  | "MissingEnvironmentVariables"
  | "SchemaDoesNotFit";

/** A push or an environment change that the author has to correct: answered with a 4xx. */
export class PushError extends Error {
  override readonly name = "PushError";
  readonly code: PushErrorCode;

  constructor(code: PushErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A function that failed, on its way to whoever called it. `data` is the payload of a `ConvexError`;
 * convex/server looks for exactly these two fields when it rethrows inside the caller.
 */
export class FunctionError extends Error {
  override readonly name = "FunctionError";
  readonly data: JSONValue | undefined;

  constructor(message: string, data?: JSONValue) {
    super(message);
    this.data = data;
  }
}

/** Maps a position in a deployed module to the file its author wrote; null when unknown. */
export type PositionMapper = (file: string, line: number, column: number) => string | null;

const CONVEX_ERROR = Symbol.for("ConvexError");
const FRAME = /^\s+at (?:(.*?) \()?(convex:[^()]*?):(\d+):(\d+)\)?$/;

/**
 * Turns what user code threw into the error its caller sees: `Uncaught <name>: <message>` and the
 * stack frames that lie in deployed modules, mapped to their sources.
 */
export function toFunctionError(thrown: unknown, mapPosition: PositionMapper): FunctionError {
  if (thrown instanceof FunctionError) return thrown;
  if (typeof thrown !== "object" || thrown === null) {
    return new FunctionError(`Uncaught ${String(thrown)}`);
  }
  const error: { name?: unknown; message?: unknown; stack?: unknown; data?: unknown } = thrown;
  const frames = stackFrames(error.stack, mapPosition);
  if ("ConvexErrorSymbol" in thrown && thrown.ConvexErrorSymbol === CONVEX_ERROR) {
    // convex/server has replaced `data` by its JSON text before the error leaves the function.
    const data = JSON.parse(String(error.data)) as JSONValue;
    const text = typeof data === "string" ? data : String(error.data);
    return new FunctionError(`Uncaught ConvexError: ${text}${frames}`, data);
  }
  if (typeof error.message !== "string") {
    return new FunctionError(`Uncaught ${safeString(thrown)}`);
  }
  const name = typeof error.name === "string" ? error.name : "Error";
  return new FunctionError(`Uncaught ${name}: ${error.message}${frames}`);
}

function stackFrames(stack: unknown, mapPosition: PositionMapper): string {
  if (typeof stack !== "string") return "";
  let text = "";
  for (const line of stack.split("\n")) {
    const match = FRAME.exec(line);
    if (!match) continue;
    const [, name, file, row, column] = match;
    const position = mapPosition(file!, Number(row), Number(column));
    const place = position ?? `${file!.slice("convex:".length)}:${row}:${column}`;
    text += name ? `\n    at ${name} (${place})` : `\n    at ${place}`;
  }
  return text;
}

function safeString(value: object): string {
  try {
    return inspect(value, { depth: 1 });
  } catch {
    return "an object that cannot be shown";
  }
}
