import type { Checked } from "../errors";

/** A rule's answer: this value. */
export function accept<T>(value: T): Checked<T> {
  return { ok: true, value };
}

/** A rule's refusal of one field; `path` names it as the caller sent it (`metrics.distance_m`). */
export function invalid(path: string, problem: string): Checked<never> {
  return { ok: false, refusal: { code: "INVALID_INPUT", path, problem } };
}
