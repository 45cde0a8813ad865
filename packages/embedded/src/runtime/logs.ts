/** What functions print, and the ring buffer that `npx convex dev` and `npx convex logs` read. */
import { inspect } from "node:util";
import type { LogLevel } from "./realm.ts";
import type { ComponentPath, JsonObject, Log, LogEntry, LogFacts } from "../types.ts";

const MAX_ENTRIES = 1000;
/** Characters of all entries together: some functions print megabytes. */
const MAX_CHARACTERS = 16 * 2 ** 20;
/** Lines kept per function execution, and characters per line, as Convex limits them. */
const MAX_LINES = 256;
const MAX_LINE_LENGTH = 32_768;
/** A string that is longer makes its line too long. */
const INSPECTION = { maxStringLength: MAX_LINE_LENGTH + 1 };

const LOG_LEVELS: Readonly<Record<LogLevel, NonNullable<LogFacts["level"]>>> = {
  DEBUG: "debug",
  INFO: "info",
  LOG: "info",
  WARN: "warn",
  ERROR: "error",
};

/** One `console` call. */
export interface LogLine {
  level: LogLevel;
  message: string;
  timestampMs: number;
  isTruncated: boolean;
}

/** The lines of one execution, nested calls included. */
export class LogLines {
  readonly lines: LogLine[] = [];

  add(level: LogLevel, values: unknown[], timestampMs: number): void {
    if (this.lines.length >= MAX_LINES) return;
    const isLast = this.lines.length === MAX_LINES - 1;
    const text = isLast
      ? `Log overflow (maximum ${MAX_LINES}). Remaining log lines omitted.`
      : values.map((value) => inspect(value, INSPECTION)).join(" ");
    const isTruncated = text.length > MAX_LINE_LENGTH;
    this.lines.push({
      level,
      message: isTruncated ? beginningOf(text) : text,
      timestampMs,
      isTruncated,
    });
  }

  /** As clients get them: `[LOG] 'hello'`. */
  texts(): string[] {
    return this.lines.map(({ level, message }) => `[${level}] ${message}`);
  }
}

/** A copy: a slice would keep all of the text in memory. */
function beginningOf(text: string): string {
  return Buffer.from(text.slice(0, MAX_LINE_LENGTH), "utf16le").toString("utf16le");
}

/** One finished execution. */
export interface Execution {
  udfType: "Query" | "Mutation" | "Action" | "HttpAction";
  component: ComponentPath;
  /** `module:function`, or method and path of an HTTP action. */
  identifier: string;
  lines: readonly LogLine[];
  error: string | null;
  startedMs: number;
  durationMs: number;
  requestId: string;
  caller: "SyncWebsocket" | "Scheduler" | "Cron" | "Action" | "HttpEndpoint";
  identityType: "user" | "unknown";
}

interface KeptEntry extends LogEntry {
  characters: number;
}

export class LogBuffer {
  readonly #print: Log | undefined;
  readonly #onExecution: ((execution: Execution) => void) | undefined;
  readonly #entries: KeptEntry[] = [];
  #characters = 0;
  readonly #waiting = new Set<() => void>();
  // Starting at the clock keeps a client's cursor of before a restart in the past.
  #cursor = Date.now() * 1000;

  /** `print` gets what functions print and how they fail; `onExecution` every execution that ended. */
  constructor(print?: Log, onExecution?: (execution: Execution) => void) {
    this.#print = print;
    this.#onExecution = onExecution;
  }

  add(execution: Execution): void {
    const characters = charactersOf(execution);
    this.#entries.push({ cursor: ++this.#cursor, entry: toEntry(execution), characters });
    this.#characters += characters;
    while (this.#entries.length > MAX_ENTRIES || this.#characters > MAX_CHARACTERS) {
      this.#characters -= this.#entries.shift()!.characters;
    }
    for (const wake of this.#waiting) wake();
    this.#onExecution?.(execution);
    if (this.#print) printExecution(execution, this.#print);
  }

  /** Entries after `cursor`; waits up to `waitMs` for the first. */
  async after(cursor: number, waitMs: number): Promise<{ entries: LogEntry[]; newCursor: number }> {
    if (this.#cursor <= cursor || this.#entries.length === 0) await this.#next(waitMs);
    return {
      entries: this.#entries.filter((entry) => entry.cursor > cursor),
      newCursor: this.#cursor,
    };
  }

  /** Answers everybody who waits. */
  close(): void {
    for (const wake of this.#waiting) wake();
  }

  #next(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, waitMs);
      this.#waiting.add(wake);
    });
  }
}

function printExecution(execution: Execution, print: Log): void {
  const { udfType, identifier, component, lines, error, durationMs, requestId } = execution;
  const prefix = `[CONVEX ${udfType[0]}(${identifier})]`;
  const facts = { kind: udfType, function: identifier, component, requestId };
  for (const { level, message } of lines) {
    print(`${prefix} [${level}] ${message}`, { ...facts, level: LOG_LEVELS[level] });
  }
  if (error !== null) print(`${prefix} ${error}`, { ...facts, level: "error", durationMs });
}

function charactersOf({ lines, error, identifier }: Execution): number {
  const printed = lines.reduce((sum, { message }) => sum + message.length, 0);
  return printed + (error?.length ?? 0) + identifier.length;
}

/** The shape of `FunctionExecutionJson` in the CLI's log API; times are in seconds. */
function toEntry(execution: Execution): JsonObject {
  return {
    kind: "Completion",
    udfType: execution.udfType,
    componentPath: execution.component === "" ? null : execution.component,
    identifier: execution.identifier,
    logLines: execution.lines.map((line) => ({
      messages: [line.message],
      isTruncated: line.isTruncated,
      timestamp: line.timestampMs,
      level: line.level,
      systemMetadata: null,
    })),
    timestamp: (execution.startedMs + execution.durationMs) / 1000,
    cachedResult: false,
    caller: execution.caller,
    parentExecutionId: null,
    executionTime: execution.durationMs / 1000,
    success: null,
    error: execution.error,
    requestId: execution.requestId,
    executionId: execution.requestId,
    willRetry: false,
    executionTimestamp: execution.startedMs / 1000,
    identityType: execution.identityType,
    environment: "isolate",
  };
}
