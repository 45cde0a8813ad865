import { paginationOptsValidator, paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { need } from "../lib/errors";
import { platformAdminQuery } from "../lib/functions";
import { checkPaging } from "../lib/rules/pages";
import { windowsLeft } from "../lib/rules/stravaBudget";
import { missingStravaVariables } from "../lib/stravaConfig";
import { subscription } from "../lib/stravaInbox";
import { outcomes as allOutcomes } from "../lib/stravaOutcomes";
import { storedBudget } from "../lib/stravaBudget";
import { tasksOf } from "../lib/stravaTaskReads";
import { outcomeFields, taskStatusValidator } from "../tables/strava";

const MAX_PAGE = 100;
/** Work in one state is counted this far. */
const MAX_COUNTED = 500;

/** One of Strava's rate limits as last counted; `endsAt` in UTC ms: from then on all of it is there again. */
const windowValidator = v.object({ limit: v.number(), used: v.number(), endsAt: v.number() });

/**
 * How the deployment stands with Strava: the variables it lacks, whether it is subscribed to events, what is used of
 * the rate limits (null before the first request), how much work is in each state (500 at most are counted), and how many
 * events nobody could confirm. Never whose anything is. For admins of the platform. Refuses NOT_SIGNED_IN,
 * NOT_PLATFORM_ADMIN.
 */
export const overview = platformAdminQuery({
  args: {},
  returns: v.object({
    missing: v.array(v.string()),
    isSubscribed: v.boolean(),
    budget: v.union(
      v.null(),
      v.object({
        /** All requests of a quarter hour, and of a day. */
        quarter: windowValidator,
        day: windowValidator,
        /** Those that only read. */
        readQuarter: windowValidator,
        readDay: windowValidator,
      }),
    ),
    work: v.array(v.object({ status: taskStatusValidator, count: v.number() })),
    unconfirmed: v.number(),
  }),
  handler: async (ctx) => {
    const stored = await storedBudget(ctx);
    const known = await subscription(ctx);
    const work = [];
    for (const status of ["received", "waiting", "processing", "dead"] as const) {
      const found = await tasksOf(ctx, status).take(MAX_COUNTED);
      work.push({ status, count: found.length });
    }
    return {
      missing: missingStravaVariables(),
      isSubscribed: known !== null && known.subscriptionId !== "",
      budget: stored && windowsOf(stored),
      work,
      unconfirmed: stored?.unconfirmed ?? 0,
    };
  },
});

function windowsOf(budget: Parameters<typeof windowsLeft>[0]) {
  const { quarter, day, readQuarter, readDay } = budget;
  const ends = windowsLeft(budget);
  const { endsAt } = ends.quarter;
  const { endsAt: dayEndsAt } = ends.day;
  return {
    quarter: { ...quarter, endsAt },
    readQuarter: { ...readQuarter, endsAt },
    day: { ...day, endsAt: dayEndsAt },
    readDay: { ...readDay, endsAt: dayEndsAt },
  };
}

/**
 * What became of Strava's events of the last 90 days, the last one first, at most 100 a page: nothing in it is about
 * anybody. For admins of the platform. Refuses NOT_SIGNED_IN, NOT_PLATFORM_ADMIN and INVALID_INPUT.
 */
export const outcomes = platformAdminQuery({
  args: { paginationOpts: paginationOptsValidator },
  returns: paginationResultValidator(v.object(outcomeFields)),
  handler: async (ctx, { paginationOpts }) => {
    const paging = need(checkPaging(paginationOpts, MAX_PAGE));
    const result = await allOutcomes(ctx).paginate(paging);
    const page = result.page.map(({ kind, outcome, error, receivedAt, endedAt, attempts }) => ({
      kind,
      outcome,
      error,
      receivedAt,
      endedAt,
      attempts,
    }));
    return { ...result, page };
  },
});
