import type { Doc, Id } from "../_generated/dataModel";
import {
  activeParticipation,
  actorOf,
  needChallengeAdmin,
  needParticipant,
  needScope,
  type Viewer,
} from "./access";
import { need, refuse } from "./errors";
import { personOf } from "./people";
import type { RowVerbArgs } from "./pointLedger/verbs";
import type { VerbArgs } from "./pointLedger/commit";
import { MAX_IMPORT_ROWS } from "./rules/importRows";
import { checkReason } from "./rules/reasons";
import type { ReadCtx } from "./tableOwners";

type ViewerReadCtx = ReadCtx & Viewer;
type Writer = Pick<VerbArgs, "challenge" | "userId" | "actor" | "zone">;
type RowWriter = Writer & Pick<RowVerbArgs, "activity">;
/** Whose account, and whether the caller acts as an admin although it may be their own. */
interface Wish {
  userId: Id<"users">;
  asAdmin: boolean;
}

/** Participants write on their own account, admins on anybody's; an API key needs the scope `log` or `admin` for it. */
async function needWriter(
  ctx: ViewerReadCtx,
  challengeId: Id<"challenges">,
  { userId, asAdmin }: Wish,
  what?: string,
): Promise<Writer> {
  if (userId === ctx.userId && !asAdmin) {
    const { challenge } = await needParticipant(ctx, challengeId, what);
    needScope(ctx, "log");
    return {
      challenge,
      userId,
      actor: { kind: "user", ...actorOf(ctx) },
      zone: ctx.person.timezone,
    };
  }
  const { challenge, admin } = await needChallengeAdmin(ctx, challengeId, what);
  const person = userId === ctx.userId ? ctx.person : await personOf(ctx, userId);
  return { challenge, userId, actor: admin, zone: person?.timezone };
}

/** An admin's reason, to be kept with what they write; participants need none. Refuses INVALID_INPUT (`reason`). */
export function noteOf({ actor }: Pick<Writer, "actor">, reason: string | undefined) {
  return actor.kind === "user" ? undefined : need(checkReason(reason));
}

/**
 * Who adds rows to the account of `userId`. Refuses NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, and NOT_FOUND
 * (`participant`) for somebody who takes no part.
 */
export async function needAccountWriter(
  ctx: ViewerReadCtx,
  challengeId: Id<"challenges">,
  wish: Wish,
): Promise<Writer> {
  const writer = await needWriter(ctx, challengeId, wish);
  if (writer.actor.kind !== "user" && !(await activeParticipation(ctx, challengeId, wish.userId)))
    return refuse({ code: "NOT_FOUND", what: "participant" });
  return writer;
}

/**
 * Who changes this row, with the row. Refuses NOT_FOUND (also for rows of private challenges of other people),
 * NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN.
 */
export async function needRowWriter(
  ctx: ViewerReadCtx,
  activityId: Id<"activities">,
  options: { asAdmin: boolean },
): Promise<RowWriter> {
  const activity: Doc<"activities"> =
    (await ctx.db.get("activities", activityId)) ?? refuse({ code: "NOT_FOUND", what: "activity" });
  const wish = { userId: activity.userId, ...options };
  return { activity, ...(await needWriter(ctx, activity.challengeId, wish, "activity")) };
}

/**
 * Who decides about this held row, with the row. Refuses like `needRowWriter`, naming `heldActivity`; an admin
 * NOT_FOUND for another's row of Strava, and (`participant`) for somebody who takes no part.
 */
export async function needHeldWriter(
  ctx: ViewerReadCtx,
  heldId: Id<"heldActivities">,
  options: { asAdmin: boolean },
): Promise<Writer & { held: Doc<"heldActivities"> }> {
  const what = "heldActivity";
  const held = (await ctx.db.get("heldActivities", heldId)) ?? refuse({ code: "NOT_FOUND", what });
  const { challengeId, userId } = held;
  const writer = await needWriter(ctx, challengeId, { userId, ...options }, what);
  // What Strava told about somebody is theirs alone, and its points would tell it.
  if (held.source === "strava" && userId !== ctx.userId) return refuse({ code: "NOT_FOUND", what });
  if (writer.actor.kind !== "user" && !(await activeParticipation(ctx, challengeId, userId)))
    return refuse({ code: "NOT_FOUND", what: "participant" });
  return { held, ...writer };
}

/**
 * Who imports rows into whose account. An admin's import is an import that backdating and grace do not bind. Refuses
 * what `needAccountWriter` refuses, and INVALID_INPUT for more than 100 rows.
 */
export async function needImporter(
  ctx: ViewerReadCtx,
  challengeId: Id<"challenges">,
  wish: Wish & { rows: readonly unknown[] },
): Promise<Writer & { isAdmin: boolean }> {
  const writer = await needAccountWriter(ctx, challengeId, wish);
  if (wish.rows.length > MAX_IMPORT_ROWS) {
    const problem = `must be at most ${MAX_IMPORT_ROWS}`;
    return refuse({ code: "INVALID_INPUT", path: "rows", problem });
  }
  const isAdmin = writer.actor.kind !== "user";
  return { ...writer, actor: { kind: "import", ...actorOf(ctx) }, isAdmin };
}
