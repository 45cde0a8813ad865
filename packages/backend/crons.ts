import { cronJobs } from "convex/server";
import { internal } from "./_generated/api";

const crons = cronJobs();

crons.interval(
  "prune idempotency keys",
  { hours: 1 },
  internal.mutations.cleanup.pruneIdempotencyKeys,
  {},
);

export default crons;
