/** The filters and limits behind a range. */
import { parseStored } from "./document.ts";
import type { Operator } from "./query.ts";
import type { JsonObject } from "../types.ts";

/** The operators of a query over its rows. A row comes out unless a filter drops it. */
export class Pipeline {
  readonly #operators: readonly Operator[];
  readonly #counts: number[];
  readonly #filters: boolean;

  constructor(operators: readonly Operator[]) {
    this.#operators = operators;
    this.#counts = operators.map(() => 0);
    this.#filters = operators.some((operator) => operator.type === "filter");
  }

  /** True when a limit is reached, so that nothing more can come out. */
  get finished(): boolean {
    return this.#operators.some(
      (operator, i) => operator.type === "limit" && this.#counts[i]! >= operator.limit,
    );
  }

  /** How many rows will be read at most; null when that depends on their content. */
  get expected(): number | null {
    if (this.#filters) return null;
    const limits = this.#operators.map((operator) =>
      operator.type === "limit" ? operator.limit : Infinity,
    );
    const least = Math.min(...limits);
    return Number.isFinite(least) ? least : null;
  }

  accepts(stored: string): boolean {
    // The document is parsed for a filter only.
    const document: JsonObject | null = this.#filters ? parseStored(stored) : null;
    for (const [i, operator] of this.#operators.entries()) {
      if (operator.type === "limit") this.#counts[i]!++;
      else if (!operator.accepts(document!)) return false;
    }
    return true;
  }
}
