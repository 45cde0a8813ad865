import { internal } from "../../_generated/api";
import type { Id } from "../../_generated/dataModel";
import { refuse } from "../../lib/errors";
import type { ActionCtx } from "../../lib/functions";
import { readApiKey, WRITTEN_KEY_LENGTH } from "../../lib/rules/apiKeys";
import { sha256Hex } from "../../lib/secrets";

const SCHEME = /^bearer +/i;
/** Longer than any header that can hold a key: what is longer is not looked at. */
const MAX_HEADER_LENGTH = 4 * WRITTEN_KEY_LENGTH;

/** Who calls, as far as the key says. */
export interface Authenticated {
  apiKeyId: Id<"apiKeys">;
  challengeId: Id<"challenges">;
}

/**
 * Authenticates a call by its header `Authorization: Bearer mp_...`, and counts it, also when it fails. Refuses
 * NOT_SIGNED_IN and RATE_LIMITED. A call without the header is not counted: it tries nothing.
 */
export async function authenticate(
  ctx: ActionCtx,
  header: string | undefined,
): Promise<Authenticated> {
  if (header === undefined) return refuse({ code: "NOT_SIGNED_IN" });
  const isReadable = header.length <= MAX_HEADER_LENGTH && SCHEME.test(header);
  const parts = isReadable ? readApiKey(header.replace(SCHEME, "").trim()) : null;
  const sent = parts && { keyId: parts.keyId, secretHash: await sha256Hex(parts.secret) };
  const caller = await ctx.runMutation(internal.mutations.apiMutations.authenticate, { sent });
  switch (caller.status) {
    case "ok":
      return { apiKeyId: caller.apiKeyId, challengeId: caller.challengeId };
    case "limited":
      return refuse({ code: "RATE_LIMITED", retryAfterMs: caller.retryAfterMs });
    case "unknown":
      return refuse({ code: "NOT_SIGNED_IN" });
  }
}
