import { convexToJson, type JSONValue, jsonToConvex, type Value } from "convex/values";
import { refuse } from "./errors";
import { sha256Hex } from "./secrets";
import { eraseRows, openTable, type WriteCtx } from "./tableOwners";

const KEPT_MS = 7 * 24 * 60 * 60 * 1000;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** One call that may be sent twice. */
export interface RememberedCall {
  /** Who calls: the same requestId of another actor is another request. */
  actorKey: string;
  /** The UUID its client made before sending; without one the call is not remembered. */
  requestId?: string;
  /** The function's name, as `mutations/activities:log`. */
  fn: string;
  /** Its arguments; requestId itself may be among them. */
  args: Record<string, Value | undefined>;
}

/**
 * Runs a call once per requestId: a second one with the same function and arguments gets the first answer for seven
 * days, without running. Its record is written in the caller's transaction, so a call that fails is not remembered.
 * Refuses INVALID_INPUT for a requestId that is no UUID, and IDEMPOTENCY_MISMATCH for one that was used for something
 * else.
 *
 * @param run what to do the first time; its result must be a Convex value
 * @returns the result, and whether it is a remembered one
 */
export async function remembered<Result>(
  ctx: WriteCtx,
  call: RememberedCall,
  run: () => Promise<Result>,
): Promise<{ result: Result; isReplay: boolean }> {
  const { actorKey, fn } = call;
  if (call.requestId === undefined) return { result: await run(), isReplay: false };
  if (!UUID.test(call.requestId)) {
    return refuse({ code: "INVALID_INPUT", path: "requestId", problem: "must be a UUID" });
  }
  const requestId = call.requestId.toLowerCase();
  const argsHash = await hashOfArgs(call.args);
  const now = Date.now();
  const keys = openTable(ctx, "idempotencyKeys");
  const known = await ctx.db
    .query("idempotencyKeys")
    .withIndex("by_actorKey_and_requestId", (q) =>
      q.eq("actorKey", actorKey).eq("requestId", requestId),
    )
    .unique();
  if (known !== null && known.expiresAt > now) {
    if (known.fn !== fn || known.argsHash !== argsHash) {
      return refuse({ code: "IDEMPOTENCY_MISMATCH", requestId });
    }
    const result = jsonToConvex(JSON.parse(known.result) as JSONValue) as Result;
    return { result, isReplay: true };
  }
  if (known !== null) await keys.delete(known._id);
  const result = await run();
  await keys.insert({
    actorKey,
    requestId,
    fn,
    argsHash,
    result: JSON.stringify(convexToJson(result as Value)),
    expiresAt: now + KEPT_MS,
  });
  return { result, isReplay: false };
}

/**
 * Deletes remembered answers that have expired.
 *
 * @param limit at most so many
 * @returns how many it deleted
 */
export async function pruneExpired(ctx: WriteCtx, limit: number): Promise<number> {
  const keys = openTable(ctx, "idempotencyKeys");
  const expired = await ctx.db
    .query("idempotencyKeys")
    .withIndex("by_expiresAt", (q) => q.lte("expiresAt", Date.now()))
    .take(limit);
  for (const key of expired) await keys.delete(key._id);
  return expired.length;
}

/** SHA-256 of the arguments as canonical JSON: sorted keys, without undefined ones and without requestId. */
async function hashOfArgs(args: RememberedCall["args"]): Promise<string> {
  const { requestId: _, ...rest } = args;
  const given = Object.entries(rest).filter(
    (entry): entry is [string, Value] => entry[1] !== undefined,
  );
  return await sha256Hex(canonical(convexToJson(Object.fromEntries(given))));
}

function canonical(json: JSONValue): string {
  if (Array.isArray(json)) return `[${json.map(canonical).join(",")}]`;
  if (typeof json !== "object" || json === null) return JSON.stringify(json);
  const fields = Object.keys(json)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(json[key] ?? null)}`);
  return `{${fields.join(",")}}`;
}

/** Deletes remembered answers of one actor, at most `limit`; answers how many. */
export async function eraseAnswers(
  ctx: WriteCtx,
  actorKey: string,
  limit: number,
): Promise<number> {
  const keys = await ctx.db
    .query("idempotencyKeys")
    .withIndex("by_actorKey_and_requestId", (q) => q.eq("actorKey", actorKey))
    .take(limit);
  return await eraseRows(openTable(ctx, "idempotencyKeys"), keys);
}
