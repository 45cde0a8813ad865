import type { Id } from "../_generated/dataModel";
import { personOf } from "./people";
import { adjustPoints } from "./pointLedger";
import type { Posted } from "./pointLedger/commit";
import type { AdminCtx } from "./roles";
import { dayOfInstant } from "./rules/dates";
import { requestFinalStandings } from "./snapshots";

/** What the person reads beside the points. */
const LABEL = "Adjusted by an organiser";

/**
 * Gives or takes points by hand, see `adjustPoints`; final standings get their next version. Somebody who left or was
 * removed with their points kept is adjusted like anybody.
 *
 * @param wish.loggedDate the day it is dated by; without one, today in the challenge, or its nearest day
 */
export async function adjustPerson(
  ctx: AdminCtx,
  wish: {
    userId: Id<"users">;
    points: number;
    loggedDate?: string;
    /** What the person reads; by default that an organiser did it. */
    label?: string;
    reason: string;
    requestId: string;
  },
): Promise<Posted> {
  const { challenge, admin: actor } = ctx;
  const { userId, points, label = LABEL, reason: note, requestId } = wish;
  const { startsOn, endsOn, timezone } = challenge;
  const today = dayOfInstant(Date.now(), timezone);
  const nearest = today < startsOn ? startsOn : today > endsOn ? endsOn : today;
  const zone = (await personOf(ctx, userId))?.timezone;
  const entry = { points, loggedDate: wish.loggedDate ?? nearest, label, note, requestId };
  const posted = await adjustPoints(ctx, { challenge, userId, actor, zone, ...entry });
  if (challenge.finalAt !== undefined) await requestFinalStandings(ctx, challenge._id);
  return posted;
}
