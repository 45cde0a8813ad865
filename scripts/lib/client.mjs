import { ConvexClient, ConvexHttpClient } from "convex/browser";
import { ConvexError } from "convex/values";

/**
 * Calls functions of a deployment. Mutations go out at once: the caller decides what waits for what.
 * @typedef {object} Caller
 * @property {<F extends import("convex/server").FunctionReference<"query", any>>(fn: F, args: import("convex/server").FunctionArgs<F>) => Promise<import("convex/server").FunctionReturnType<F>>} query
 * @property {<F extends import("convex/server").FunctionReference<"mutation", any>>(fn: F, args: import("convex/server").FunctionArgs<F>) => Promise<import("convex/server").FunctionReturnType<F>>} mutation
 */

/**
 * @param {string} url @param {string} adminKey
 * @param {{subject: string, issuer: string, tokenIdentifier: string}} [identity]
 * @returns {Caller}
 */
function caller(url, adminKey, identity) {
  const client = new ConvexHttpClient(url, { logger: false });
  // Hidden from the published types: it is the door of the dashboard and the CLI.
  /** @type {any} */ (client).setAdminAuth(adminKey, identity);
  /** @type {any} */
  const untyped = client;
  return {
    query: (fn, args) => untyped.query(fn, args),
    mutation: (fn, args) => untyped.mutation(fn, args, { skipQueue: true }),
  };
}

/**
 * Who somebody is for a deployment. The shape Convex Auth's own tokens have: subject is person|session.
 * @param {string} siteUrl @param {string} userId
 */
function identityOf(siteUrl, userId) {
  const subject = `${userId}|demo-session`;
  return { subject, issuer: siteUrl, tokenIdentifier: `${siteUrl}|${subject}` };
}

/**
 * Calls a deployment by its admin key: `admin` reaches internal functions, `as(userId)` acts as that person.
 * @param {{url: string, siteUrl: string, adminKey: string}} deployment
 */
export function connect({ url, siteUrl, adminKey }) {
  return {
    admin: caller(url, adminKey),
    /** @param {string} userId */
    as: (userId) => caller(url, adminKey, identityOf(siteUrl, userId)),
  };
}

/**
 * A client with a WebSocket of its own that acts as a person, until it is closed.
 * @param {{url: string, siteUrl: string, adminKey: string}} deployment @param {string} userId
 */
export function openClient({ url, siteUrl, adminKey }, userId) {
  const client = new ConvexClient(url, { logger: false });
  // Hidden from the published types, like its HTTP sibling.
  /** @type {any} */ (client.client).setAdminAuth(adminKey, identityOf(siteUrl, userId));
  return client;
}

/**
 * What a refusal says, for a terminal; null when the error is not one.
 * @param {unknown} error @returns {string | null}
 */
export function refusalText(error) {
  if (!(error instanceof ConvexError)) return null;
  const { code, ...facts } = error.data;
  const details = Object.entries(facts).map(([name, value]) => `${name}: ${String(value)}`);
  return details.length === 0 ? code : `${code} (${details.join(", ")})`;
}

/** Attempts of a call that got no answer at all. */
const NETWORK_ATTEMPTS = 4;

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Makes a call until it is answered: waits as long as the rate limit asks, and repeats it when the network failed. Only
 * for calls that may be repeated: queries, and mutations with a request id.
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T>}
 */
export async function patiently(call) {
  for (let attempt = 1; ;) {
    try {
      return await call();
    } catch (error) {
      const isNetwork = error instanceof TypeError && error.message === "fetch failed";
      if (error instanceof ConvexError && error.data.code === "RATE_LIMITED") {
        await pause(error.data.retryAfterMs);
      } else if (isNetwork && attempt < NETWORK_ATTEMPTS) await pause(500 * attempt++);
      else throw error;
    }
  }
}

/**
 * Runs `work` for every item, at most `width` at a time, and answers the results in order. Stops at the first error.
 * @template T, R
 * @param {T[]} items @param {number} width @param {(item: T, index: number) => Promise<R>} work
 * @returns {Promise<R[]>}
 */
export async function inParallel(items, width, work) {
  /** @type {R[]} */
  const results = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) {
      results[index] = await work(/** @type {T} */ (items[index]), index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
  return results;
}
