import type { FunctionReturnType } from "convex/server";
import { internal } from "../../_generated/api";
import { refuse } from "../../lib/errors";
import type { ActionCtx } from "../../lib/functions";
import { readApiKey, WRITTEN_KEY_LENGTH } from "../../lib/rules/apiKeys";
import { sha256Hex } from "../../lib/secrets";
import type { ApiRequest } from "../../tables/apiKeys";

const SCHEME = /^bearer +/i;
/** Longer than any header that can hold a key: what is longer is not looked at. */
const MAX_HEADER_LENGTH = 4 * WRITTEN_KEY_LENGTH;

/** Who calls, as far as the key says, and where the call was noted. */
export type Authenticated = Extract<
  FunctionReturnType<typeof internal.mutations.apiRequests.authenticate>,
  { status: "ok" }
>;

/**
 * Authenticates a call by its header `Authorization: Bearer mp_...`, counts it, also when it fails, and notes it for the
 * owner of the key. Refuses NOT_SIGNED_IN and RATE_LIMITED. A call without the header is not counted: it tries nothing.
 */
export async function authenticate(
  ctx: ActionCtx,
  header: string | undefined,
  request: ApiRequest,
): Promise<Authenticated> {
  if (header === undefined) return refuse({ code: "NOT_SIGNED_IN" });
  const isReadable = header.length <= MAX_HEADER_LENGTH && SCHEME.test(header);
  const parts = isReadable ? readApiKey(header.replace(SCHEME, "").trim()) : null;
  const sent = parts && { keyId: parts.keyId, secretHash: await sha256Hex(parts.secret) };
  const fn = internal.mutations.apiRequests.authenticate;
  const caller = await ctx.runMutation(fn, { sent, request });
  switch (caller.status) {
    case "ok":
      return caller;
    case "limited":
      return refuse({ code: "RATE_LIMITED", retryAfterMs: caller.retryAfterMs });
    case "unknown":
      return refuse({ code: "NOT_SIGNED_IN" });
  }
}
