import aggregate from "@convex-dev/aggregate/convex.config";
import rateLimiter from "@convex-dev/rate-limiter/convex.config";
import workpool from "@convex-dev/workpool/convex.config";
import { defineApp } from "convex/server";

const app = defineApp();
app.use(aggregate, { name: "activityPointsAggregate" });
app.use(aggregate, { name: "standingsRank" });
app.use(rateLimiter);
app.use(workpool);

export default app;
