import type { Doc, Id } from "../_generated/dataModel";
import { internal } from "../_generated/api";
import type { ChallengeAdmin, Viewer } from "./access";
import { eraseApiKeys } from "./apiKeys";
import { dropChallenge, rotateViewKey } from "./challenges";
import { refuse } from "./errors";
import { startJob } from "./jobs";
import { participationsOf, resign } from "./participations";
import { type Person, tombstone } from "./people";
import { connectionOf } from "./stravaConnections";
import { disconnect } from "./stravaPurge";
import type { ReadCtx, WriteCtx } from "./tableOwners";

/**
 * Deletion for good. What makes somebody or something be there goes in the transaction of the call; everything else is
 * removed by a job in small steps, which can be stopped, killed and resumed between any two.
 */

/** Sessions, tokens and keys that go with the call itself; the job takes further ones, which are refused already. */
const AT_ONCE = 100;
/** Challenges whose view key changes with the call; the job changes it in all. */
const KEYS_AT_ONCE = 20;

/** Refuses INVALID_INPUT (`confirm`) unless the name of what is deleted was typed. */
function needConfirmed(typed: string, names: ReadonlyArray<string | undefined>): void {
  const isRight = names.some(
    (name) =>
      name !== undefined && name.toLowerCase() === typed.trim().normalize("NFC").toLowerCase(),
  );
  if (!isRight) {
    const problem = "must be the name of what is deleted";
    refuse({ code: "INVALID_INPUT", path: "confirm", problem });
  }
}

/**
 * Deletes a person: signed out, disconnected and without a name from this moment; a job erases the rest. Refuses
 * INVALID_INPUT (`confirm`: their display name or e-mail address) and LIMIT_REACHED (`lastAdmin`, with the challenge)
 * while a challenge that is not final would be left without an admin.
 *
 * @param wish.startedBy who is told when it is done; null: nobody, they delete themselves, and platform admins are told if it fails
 */
export async function deletePerson(
  ctx: WriteCtx,
  person: Person,
  wish: { points: "keep" | "remove"; confirm: string; startedBy: Id<"users"> | null },
): Promise<void> {
  const { userId, displayName } = person;
  const user = await ctx.db.get("users", userId);
  needConfirmed(wish.confirm, [displayName, user?.email]);
  await resign(ctx, userId);
  const parts = (await participationsOf(ctx, userId)).filter(({ status }) => status === "active");
  for (const { challengeId } of parts.slice(0, KEYS_AT_ONCE)) await rotateViewKey(ctx, challengeId);
  const connection = await connectionOf(ctx, userId);
  if (connection !== null) await disconnect(ctx, connection, "keep");
  await eraseApiKeys(ctx, { userId }, AT_ONCE);
  await ctx.runMutation(internal.mutations.signIn.erase, { userId, limit: AT_ONCE });
  await tombstone(ctx, person);
  const { points, startedBy } = wish;
  const options = { userId, points };
  await startJob(ctx, {
    kind: "deletePerson",
    dryRun: false,
    challengeId: null,
    options,
    startedBy,
  });
}

/**
 * Deletes a challenge, which is there for nobody from this moment; a job removes what belonged to it. Refuses
 * INVALID_INPUT (`confirm`: its name), and NOT_PLATFORM_ADMIN for its admins once somebody else has an activity in it.
 */
export async function deleteChallenge(
  ctx: WriteCtx & Viewer & { challenge: Doc<"challenges">; admin: ChallengeAdmin },
  confirm: string,
): Promise<void> {
  const { challenge, userId, person } = ctx;
  const { _id: challengeId } = challenge;
  if (!person.isPlatformAdmin && (await hasRowsOfOthers(ctx, { challengeId, userId })))
    refuse({ code: "NOT_PLATFORM_ADMIN" });
  needConfirmed(confirm, [challenge.name]);
  await dropChallenge(ctx, challenge);
  const wish = { kind: "deleteChallenge", dryRun: false, challengeId } as const;
  await startJob(ctx, { ...wish, startedBy: userId });
}

/** Whether anybody else ever had a row there, removed ones included. */
async function hasRowsOfOthers(
  ctx: ReadCtx,
  { challengeId, userId }: { challengeId: Id<"challenges">; userId: Id<"users"> },
): Promise<boolean> {
  const below = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
      q.eq("challengeId", challengeId).lt("userId", userId),
    )
    .first();
  const above = await ctx.db
    .query("activities")
    .withIndex("by_challengeId_and_userId_and_loggedDate", (q) =>
      q.eq("challengeId", challengeId).gt("userId", userId),
    )
    .first();
  return below !== null || above !== null;
}
