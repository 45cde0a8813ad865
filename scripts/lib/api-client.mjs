import { randomUUID } from "node:crypto";
import { Failure } from "./failure.mjs";

/** Attempts of a call that was not answered, or only by a fault. */
const ATTEMPTS = 5;
/** A server that asks for more patience than this is given up on, in seconds. */
const MAX_WAIT_S = 120;

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What to do about a refusal, by its code. @type {Record<string, string>} */
const ADVICE = {
  NOT_SIGNED_IN: "The key is not valid (any more). Make a new one on the challenge's page.",
  INSUFFICIENT_SCOPE: "This key may not do that. Make one with the scope it names.",
  NOT_PARTICIPANT: "The key's person does not take part (any more). Join again on the page.",
  STALE_VERSION: "Somebody changed it meanwhile. Look at it again, then repeat.",
};

/** @param {Record<string, unknown>} problem */
function refusalOf({ code, title, status, type: _type, ...facts }) {
  const details = Object.entries(facts).map(([name, value]) => `${name}: ${String(value)}`);
  const what = `${String(code ?? title ?? status)}${details.length > 0 ? ` (${details.join(", ")})` : ""}`;
  const advice = ADVICE[String(code)];
  return new Failure(`Refused: ${what}.${advice === undefined ? "" : ` ${advice}`}`);
}

/**
 * A client of the HTTP API. Waits as long as the limits ask, and repeats a call that was not answered under the same
 * Idempotency-Key, so that it happens once. Refusals are `Failure`s that say what to do; the key is in none of them.
 * @param {{url: string, key: string}} options
 */
export function apiClient({ url, key }) {
  /**
   * @param {string} method @param {string} path below /api/v1 @param {unknown} [body]
   * @returns {Promise<any>}
   */
  return async function call(method, path, body) {
    /** @type {Record<string, string>} */
    const headers = { Authorization: `Bearer ${key}` };
    if (method !== "GET") headers["Idempotency-Key"] = randomUUID();
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    for (let attempt = 1; ; attempt += 1) {
      const response = await fetch(`${url}/api/v1${path}`, init).catch(() => null);
      if (response?.ok) return await response.json();
      const isLimited = response?.status === 429;
      const isRepeatable = response === null || isLimited || response.status >= 500;
      if (!isRepeatable || attempt === ATTEMPTS) throw await failureOf(url, response);
      const asked = Number(response?.headers.get("retry-after") ?? 0);
      if (asked > MAX_WAIT_S) throw await failureOf(url, response);
      await pause(isLimited ? asked * 1000 : 250 * 2 ** attempt);
    }
  };
}

/** @param {string} url @param {Response | null} response */
async function failureOf(url, response) {
  if (response === null) {
    return new Failure(`Nothing answers at ${url}. Is it the address of the HTTP API (--url)?`);
  }
  const problem = await response.json().catch(() => null);
  if (problem === null) {
    return new Failure(`${url} is no Milepost API: it answered ${response.status}.`);
  }
  return refusalOf(problem);
}
