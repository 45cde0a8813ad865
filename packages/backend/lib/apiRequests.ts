import type { Doc, Id } from "../_generated/dataModel";
import type { ApiRequest } from "../tables/apiKeys";
import { eraseRows, openTable, type ReadCtx, type WriteCtx } from "./tableOwners";

/**
 * The last requests of each API key, for its owner. A request is noted in the mutation that counts it against the limit of
 * its key, where requests of one key wait for each other anyway, with the status it usually ends with. One that ends
 * otherwise is corrected alone: a correction writes nothing that another request reads.
 */

type ApiKey = Pick<Doc<"apiKeys">, "_id" | "userId" | "challengeId">;

/** Requests of a key that are kept. */
const REQUESTS_KEPT = 100;
/** Requests over the limit are noted at most this often: counting all of them would be the work the limit saves. */
const LIMITED_STEP_MS = 60_000;

/** Where a request was noted; the row is another request's once 100 more were made. */
export interface NotedRequest {
  apiRequestId: Id<"apiRequests">;
  seq: number;
}

/** The last requests of a key, newest first, at most 100. */
export async function requestsOf(
  ctx: ReadCtx,
  apiKeyId: Id<"apiKeys">,
): Promise<Array<Doc<"apiRequests">>> {
  return await ctx.db
    .query("apiRequests")
    .withIndex("by_apiKeyId_and_seq", (q) => q.eq("apiKeyId", apiKeyId))
    .order("desc")
    .take(REQUESTS_KEPT);
}

/**
 * Notes a request of a key in the place of the one that was made 100 requests ago.
 *
 * @param request its status is the one it will end with unless `correctStatus` says otherwise
 */
export async function noteRequest(
  ctx: WriteCtx,
  key: ApiKey,
  request: ApiRequest,
): Promise<NotedRequest> {
  return await noteNext(ctx, key, request, await useOf(ctx, key._id));
}

/** Notes a request that was over the limit of its key, at most once a minute. */
export async function noteLimited(ctx: WriteCtx, key: ApiKey, request: ApiRequest): Promise<void> {
  const use = await useOf(ctx, key._id);
  const limitedAt = Date.now();
  if (use?.limitedAt !== undefined && limitedAt - use.limitedAt < LIMITED_STEP_MS) return;
  await noteNext(ctx, key, request, { ...use, limitedAt });
}

/** Says how a noted request ended; nothing when 100 more were made since, or its key is gone. */
export async function correctStatus(
  ctx: WriteCtx,
  { apiRequestId, seq }: NotedRequest,
  status: number,
): Promise<void> {
  const noted = await ctx.db.get("apiRequests", apiRequestId);
  if (noted?.seq === seq) await openTable(ctx, "apiRequests").patch(apiRequestId, { status });
}

/** How often a key was used; null when it never was. */
async function useOf(ctx: ReadCtx, apiKeyId: Id<"apiKeys">): Promise<Doc<"apiKeyUses"> | null> {
  return await ctx.db
    .query("apiKeyUses")
    .withIndex("by_apiKeyId", (q) => q.eq("apiKeyId", apiKeyId))
    .unique();
}

async function noteNext(
  ctx: WriteCtx,
  { _id: apiKeyId, userId, challengeId }: ApiKey,
  request: ApiRequest,
  use: Partial<Doc<"apiKeyUses">> | null,
): Promise<NotedRequest> {
  const seq = (use?.requests ?? 0) + 1;
  const owner = { apiKeyId, userId, challengeId };
  const uses = openTable(ctx, "apiKeyUses");
  if (use?._id === undefined)
    await uses.insert({ ...owner, requests: seq, limitedAt: use?.limitedAt });
  else await uses.patch(use._id, { requests: seq, limitedAt: use.limitedAt });
  const requests = openTable(ctx, "apiRequests");
  const row = { ...owner, seq, at: Date.now(), ...request };
  const oldest = await ctx.db
    .query("apiRequests")
    .withIndex("by_apiKeyId_and_seq", (q) =>
      q.eq("apiKeyId", apiKeyId).eq("seq", seq - REQUESTS_KEPT),
    )
    .unique();
  if (oldest === null) return { apiRequestId: await requests.insert(row), seq };
  await requests.replace(oldest._id, row);
  return { apiRequestId: oldest._id, seq };
}

/** Deletes what is noted of a key: at most 101 rows. */
export async function eraseRequestsOfKey(ctx: WriteCtx, apiKeyId: Id<"apiKeys">): Promise<void> {
  await eraseRows(openTable(ctx, "apiRequests"), await requestsOf(ctx, apiKeyId));
  const use = await useOf(ctx, apiKeyId);
  if (use !== null) await openTable(ctx, "apiKeyUses").delete(use._id);
}

/**
 * Deletes what is noted of the keys of a challenge or a person, at most `limit` rows; answers how many. Nothing more is
 * noted once the keys are gone.
 */
export async function eraseApiRequests(
  ctx: WriteCtx,
  of: { challengeId: Id<"challenges"> } | { userId: Id<"users"> },
  limit: number,
): Promise<number> {
  const requests = ctx.db.query("apiRequests");
  const uses = ctx.db.query("apiKeyUses");
  const [ofRequests, ofUses] =
    "challengeId" in of
      ? [
          requests.withIndex("by_challengeId", (q) => q.eq("challengeId", of.challengeId)),
          uses.withIndex("by_challengeId", (q) => q.eq("challengeId", of.challengeId)),
        ]
      : [
          requests.withIndex("by_userId", (q) => q.eq("userId", of.userId)),
          uses.withIndex("by_userId", (q) => q.eq("userId", of.userId)),
        ];
  const erased = await eraseRows(openTable(ctx, "apiRequests"), await ofRequests.take(limit));
  if (erased === limit) return erased;
  return (
    erased + (await eraseRows(openTable(ctx, "apiKeyUses"), await ofUses.take(limit - erased)))
  );
}
