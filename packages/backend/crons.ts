import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

crons.interval(
  "prune idempotency keys",
  { hours: 1 },
  internal.mutations.cleanup.pruneIdempotencyKeys,
  {},
);

crons.interval("resume lost jobs", { minutes: 1 }, internal.mutations.maintenance.sweep, {});

crons.daily(
  "verify every open challenge",
  { hourUTC: 3, minuteUTC: 30 },
  internal.mutations.maintenance.verifyAll,
  {},
);

export default crons;
