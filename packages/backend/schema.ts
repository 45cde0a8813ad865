import { authTables } from "@convex-dev/auth/server";
import { defineSchema } from "convex/server";
import { achievementTables } from "./tables/achievements";
import { activityTables } from "./tables/activities";
import { apiKeyTables } from "./tables/apiKeys";
import { moderationTables } from "./tables/moderation";
import { notificationTables } from "./tables/notifications";
import { activityTypeTables } from "./tables/activityTypes";
import { challengeTables } from "./tables/challenges";
import { jobTables } from "./tables/jobs";
import { ledgerTables } from "./tables/ledger";
import { peopleTables } from "./tables/people";
import { stravaTables } from "./tables/strava";
import { gameTables } from "./tables/games";
import { snapshotTables } from "./tables/snapshots";

export default defineSchema({
  ...authTables,
  ...peopleTables,
  ...challengeTables,
  ...activityTypeTables,
  ...activityTables,
  ...achievementTables,
  ...ledgerTables,
  ...jobTables,
  ...apiKeyTables,
  ...notificationTables,
  ...stravaTables,
  ...moderationTables,
  ...gameTables,
  ...snapshotTables,
});
