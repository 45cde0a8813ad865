import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

crons.interval(
  "prune idempotency keys",
  { hours: 1 },
  internal.mutations.cleanup.pruneIdempotencyKeys,
  {},
);

crons.hourly(
  "take yesterday's ranks where a day has begun",
  { minuteUTC: 7 },
  internal.mutations.rankWalks.startAll,
  {},
);

crons.interval("resume lost jobs", { minutes: 1 }, internal.mutations.maintenance.sweep, {});

crons.daily(
  "verify every open challenge",
  { hourUTC: 3, minuteUTC: 30 },
  internal.mutations.maintenance.verifyAll,
  {},
);
// A lost worker's task is given to another within two of these, and nothing waits longer than it has to.
crons.interval("pump strava work", { minutes: 3 }, internal.mutations.stravaWebhook.pump, {});
crons.daily(
  "reconcile strava",
  { hourUTC: 3, minuteUTC: 20 },
  internal.mutations.stravaWebhook.reconcile,
  { after: 0 },
);
crons.interval(
  "erase strava data",
  { hours: 1 },
  internal.mutations.stravaWebhook.eraseRawFields,
  {},
);
crons.interval("prune strava", { hours: 1 }, internal.mutations.stravaWebhook.prune, {});
crons.interval(
  "start, end and resume mini-games and snapshots",
  { minutes: 5 },
  internal.mutations.miniGameSteps.sweep,
  {},
);

crons.interval(
  "restart lost evaluations of achievements",
  { minutes: 5 },
  internal.mutations.achievements.restartLostEvaluations,
  {},
);

crons.interval(
  "prune notifications",
  { hours: 24 },
  internal.mutations.cleanup.pruneNotifications,
  {},
);

export default crons;
