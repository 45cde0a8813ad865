import { v } from "convex/values";
import { addStarterTypes } from "../lib/activityTypes";
import {
  createChallenge,
  joinChallenge,
  leaveChallenge,
  renewJoinCode,
  updateChallenge,
} from "../lib/challenges";
import { deleteChallenge } from "../lib/deletion";
import { freezeStandings } from "../lib/finalStandings";
import { startJob } from "../lib/jobs";
import { record } from "../lib/moderationLog";
import { countCall } from "../lib/rateLimits";
import { challengeAdminMutation, participantMutation, viewerMutation } from "../lib/functions";
import { streakBonusValidator, visibilityValidator } from "../tables/challenges";

/**
 * Makes a challenge; the caller is its first admin and participant. Days are calendar days `YYYY-MM-DD`, at most 366,
 * and may be past. Defaults: streakMinPoints 10, streakBonus running, backdateDays 7, graceHours 48, no activity
 * types. Refuses NOT_SIGNED_IN, RATE_LIMITED and INVALID_INPUT.
 */
export const create = viewerMutation({
  args: {
    name: v.string(),
    description: v.optional(v.string()),
    startsOn: v.string(),
    endsOn: v.string(),
    timezone: v.string(),
    streakMinPoints: v.optional(v.number()),
    streakBonus: v.optional(streakBonusValidator),
    backdateDays: v.optional(v.number()),
    graceHours: v.optional(v.number()),
    visibility: visibilityValidator,
    starterTypes: v.optional(v.array(v.string())),
  },
  returns: v.object({ challengeId: v.id("challenges"), joinCode: v.string() }),
  handler: async (ctx, { starterTypes = [], ...wish }) => {
    const created = await createChallenge(ctx, wish);
    await addStarterTypes(ctx, created.challengeId, starterTypes);
    return created;
  },
});

/**
 * Changes a challenge; what is left out stays. Days and zone stay as they were made: activities are dated by them. Other
 * rules of the streak are settled for everybody by a rescore that starts in the same transaction: `jobId`. Refuses
 * NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT, CHALLENGE_FINAL and RATE_LIMITED (6
 * changes of the streak an hour). An empty `announcement` takes it away.
 */
export const update = challengeAdminMutation({
  args: {
    name: v.optional(v.string()),
    description: v.optional(v.string()),
    visibility: v.optional(visibilityValidator),
    streakMinPoints: v.optional(v.number()),
    streakBonus: v.optional(streakBonusValidator),
    streakBonusDailyCap: v.optional(v.number()),
    backdateDays: v.optional(v.number()),
    graceHours: v.optional(v.number()),
    finalDaysFrom: v.optional(v.number()),
    announcement: v.optional(v.string()),
  },
  returns: v.object({ jobId: v.union(v.id("jobs"), v.null()) }),
  handler: async (ctx, { challengeId, ...change }) => {
    const { streak, changed } = await updateChallenge(ctx, ctx.challenge, change);
    if (changed.length > 0) {
      const entry = { challengeId, action: "settingsChanged", userId: ctx.userId } as const;
      await record(ctx, ctx.admin, { ...entry, note: changed.join(", ") });
    }
    if (streak === null) return { jobId: null };
    await countCall(ctx, "startJob", `${challengeId} streak`);
    const wish = { challengeId, kind: "rescore", dryRun: false, options: { streak } } as const;
    return { jobId: await startJob(ctx, { ...wish, startedBy: ctx.userId }) };
  },
});

/**
 * Makes a new join code for a challenge, so that the old link lets nobody in any more; people who are in stay. Refuses
 * NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, RATE_LIMITED and CHALLENGE_FINAL.
 */
export const renewCode = challengeAdminMutation({
  args: {},
  returns: v.object({ joinCode: v.string() }),
  handler: async (ctx, { challengeId }) => {
    await countCall(ctx, "moderate", ctx.userId);
    const joinCode = await renewJoinCode(ctx, ctx.challenge);
    const entry = { challengeId, action: "settingsChanged", userId: ctx.userId } as const;
    await record(ctx, ctx.admin, { ...entry, note: "joinCode" });
    return { joinCode };
  },
});

/**
 * Lets the caller into a public challenge by its id, or into any by its join code. Joining twice is joining once, and
 * whoever left comes back with their points. Refuses NOT_SIGNED_IN, NOT_FOUND, RATE_LIMITED, INVALID_INPUT,
 * LIMIT_REACHED (`participants`) and CHALLENGE_FINAL.
 */
export const join = viewerMutation({
  args: {
    challengeId: v.optional(v.id("challenges")),
    joinCode: v.optional(v.string()),
  },
  returns: v.object({ challengeId: v.id("challenges"), participationId: v.id("participations") }),
  handler: async (ctx, args) => await joinChallenge(ctx, args),
});

/**
 * Takes the caller out of a challenge: off its boards (unless they are final), points kept. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT,
 * and LIMIT_REACHED (`lastAdmin`) for the only admin.
 */
export const leave = participantMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await leaveChallenge(ctx, ctx.challenge, ctx.participation);
    return null;
  },
});

/**
 * Freezes the standings of a challenge whose grace period is over; `queries/standings:final` shows them within seconds.
 * Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, INVALID_INPUT while people can still log, a
 * mini-game is on or awards are given to everybody, JOB_UNDER_WAY while a job changes points (also a paused or failed one:
 * resume or cancel it), and CHALLENGE_FINAL the second time.
 */
export const finalize = challengeAdminMutation({
  args: {},
  returns: v.null(),
  handler: async (ctx) => {
    await freezeStandings(ctx, ctx.challenge);
    return null;
  },
});

/**
 * Deletes a challenge for good: it is there for nobody at once, and everything of it is removed within minutes; the
 * caller is told then. Refuses NOT_SIGNED_IN, NOT_FOUND, NOT_PARTICIPANT, NOT_CHALLENGE_ADMIN, NOT_PLATFORM_ADMIN (its own
 * admins, once somebody else has an activity in it) and INVALID_INPUT (`confirm`: its name).
 */
const deleteWhole = challengeAdminMutation({
  args: { confirm: v.string() },
  returns: v.null(),
  handler: async (ctx, { confirm }) => {
    await deleteChallenge(ctx, confirm);
    return null;
  },
});
export { deleteWhole as delete };
