/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type * as auth from "../auth.js";
import type * as crons from "../crons.js";
import type * as http from "../http.js";
import type * as integrations_snapshots from "../integrations/snapshots.js";
import type * as integrations_strava from "../integrations/strava.js";
import type * as integrations_stravaSync from "../integrations/stravaSync.js";
import type * as lib_access from "../lib/access.js";
import type * as lib_accountFacts from "../lib/accountFacts.js";
import type * as lib_achievementAwards from "../lib/achievementAwards.js";
import type * as lib_achievementEvaluation from "../lib/achievementEvaluation.js";
import type * as lib_achievements from "../lib/achievements.js";
import type * as lib_activityChanges from "../lib/activityChanges.js";
import type * as lib_activityFacts from "../lib/activityFacts.js";
import type * as lib_activityPointsAggregate from "../lib/activityPointsAggregate.js";
import type * as lib_activityTypes from "../lib/activityTypes.js";
import type * as lib_activityWrites from "../lib/activityWrites.js";
import type * as lib_apiDoors from "../lib/apiDoors.js";
import type * as lib_apiKeys from "../lib/apiKeys.js";
import type * as lib_appeals from "../lib/appeals.js";
import type * as lib_boardRank from "../lib/boardRank.js";
import type * as lib_boardTotals from "../lib/boardTotals.js";
import type * as lib_boards from "../lib/boards.js";
import type * as lib_challengePoints from "../lib/challengePoints.js";
import type * as lib_challenges from "../lib/challenges.js";
import type * as lib_comments from "../lib/comments.js";
import type * as lib_displayNames from "../lib/displayNames.js";
import type * as lib_errors from "../lib/errors.js";
import type * as lib_finalStandings from "../lib/finalStandings.js";
import type * as lib_flagDecisions from "../lib/flagDecisions.js";
import type * as lib_flags from "../lib/flags.js";
import type * as lib_functions from "../lib/functions.js";
import type * as lib_gameAccess from "../lib/gameAccess.js";
import type * as lib_gameFacts from "../lib/gameFacts.js";
import type * as lib_gameSteps from "../lib/gameSteps.js";
import type * as lib_gameViews from "../lib/gameViews.js";
import type * as lib_games from "../lib/games.js";
import type * as lib_heldActivities from "../lib/heldActivities.js";
import type * as lib_heldDecisions from "../lib/heldDecisions.js";
import type * as lib_idempotency from "../lib/idempotency.js";
import type * as lib_jobs from "../lib/jobs.js";
import type * as lib_jobs_accounts from "../lib/jobs/accounts.js";
import type * as lib_jobs_kinds from "../lib/jobs/kinds.js";
import type * as lib_jobs_stage from "../lib/jobs/stage.js";
import type * as lib_ledgerAccess from "../lib/ledgerAccess.js";
import type * as lib_ledgerEffects from "../lib/ledgerEffects.js";
import type * as lib_moderationLog from "../lib/moderationLog.js";
import type * as lib_notifications from "../lib/notifications.js";
import type * as lib_participations from "../lib/participations.js";
import type * as lib_passwords from "../lib/passwords.js";
import type * as lib_people from "../lib/people.js";
import type * as lib_pointLedger from "../lib/pointLedger.js";
import type * as lib_pointLedger_importChunk from "../lib/pointLedger/importChunk.js";
import type * as lib_pointLedger_openDays from "../lib/pointLedger/openDays.js";
import type * as lib_pointLedger_ports from "../lib/pointLedger/ports.js";
import type * as lib_pointLedger_previews from "../lib/pointLedger/previews.js";
import type * as lib_pointLedger_repair from "../lib/pointLedger/repair.js";
import type * as lib_pointLedger_verbs from "../lib/pointLedger/verbs.js";
import type * as lib_rankWalks from "../lib/rankWalks.js";
import type * as lib_ranks from "../lib/ranks.js";
import type * as lib_rateLimits from "../lib/rateLimits.js";
import type * as lib_roles from "../lib/roles.js";
import type * as lib_rules_achievementDefinition from "../lib/rules/achievementDefinition.js";
import type * as lib_rules_achievements from "../lib/rules/achievements.js";
import type * as lib_rules_amounts from "../lib/rules/amounts.js";
import type * as lib_rules_apiKeys from "../lib/rules/apiKeys.js";
import type * as lib_rules_archive from "../lib/rules/archive.js";
import type * as lib_rules_archiveCells from "../lib/rules/archiveCells.js";
import type * as lib_rules_archiveHeader from "../lib/rules/archiveHeader.js";
import type * as lib_rules_boards from "../lib/rules/boards.js";
import type * as lib_rules_catalogue from "../lib/rules/catalogue.js";
import type * as lib_rules_checked from "../lib/rules/checked.js";
import type * as lib_rules_dates from "../lib/rules/dates.js";
import type * as lib_rules_dayClock from "../lib/rules/dayClock.js";
import type * as lib_rules_dayPricing from "../lib/rules/dayPricing.js";
import type * as lib_rules_dayShare from "../lib/rules/dayShare.js";
import type * as lib_rules_daySheets from "../lib/rules/daySheets.js";
import type * as lib_rules_decimal from "../lib/rules/decimal.js";
import type * as lib_rules_flagQuota from "../lib/rules/flagQuota.js";
import type * as lib_rules_games from "../lib/rules/games.js";
import type * as lib_rules_importRows from "../lib/rules/importRows.js";
import type * as lib_rules_ledger from "../lib/rules/ledger.js";
import type * as lib_rules_ledgerDamage from "../lib/rules/ledgerDamage.js";
import type * as lib_rules_ledgerDecisions from "../lib/rules/ledgerDecisions.js";
import type * as lib_rules_limits from "../lib/rules/limits.js";
import type * as lib_rules_logWindow from "../lib/rules/logWindow.js";
import type * as lib_rules_metrics from "../lib/rules/metrics.js";
import type * as lib_rules_movement from "../lib/rules/movement.js";
import type * as lib_rules_nameSearch from "../lib/rules/nameSearch.js";
import type * as lib_rules_pages from "../lib/rules/pages.js";
import type * as lib_rules_plausibility from "../lib/rules/plausibility.js";
import type * as lib_rules_rebuildAccount from "../lib/rules/rebuildAccount.js";
import type * as lib_rules_rule from "../lib/rules/rule.js";
import type * as lib_rules_scoring from "../lib/rules/scoring.js";
import type * as lib_rules_sports from "../lib/rules/sports.js";
import type * as lib_rules_stravaActivity from "../lib/rules/stravaActivity.js";
import type * as lib_rules_stravaBudget from "../lib/rules/stravaBudget.js";
import type * as lib_rules_stravaEvent from "../lib/rules/stravaEvent.js";
import type * as lib_rules_stravaRetry from "../lib/rules/stravaRetry.js";
import type * as lib_rules_streak from "../lib/rules/streak.js";
import type * as lib_rules_units from "../lib/rules/units.js";
import type * as lib_rules_variants from "../lib/rules/variants.js";
import type * as lib_rules_verifyAccount from "../lib/rules/verifyAccount.js";
import type * as lib_rules_weeks from "../lib/rules/weeks.js";
import type * as lib_secrets from "../lib/secrets.js";
import type * as lib_snapshots from "../lib/snapshots.js";
import type * as lib_sportMappings from "../lib/sportMappings.js";
import type * as lib_standingsRank from "../lib/standingsRank.js";
import type * as lib_stravaApi from "../lib/stravaApi.js";
import type * as lib_stravaApply from "../lib/stravaApply.js";
import type * as lib_stravaConfig from "../lib/stravaConfig.js";
import type * as lib_stravaConnections from "../lib/stravaConnections.js";
import type * as lib_stravaInbox from "../lib/stravaInbox.js";
import type * as lib_stravaPurge from "../lib/stravaPurge.js";
import type * as lib_stravaRaw from "../lib/stravaRaw.js";
import type * as lib_stravaSession from "../lib/stravaSession.js";
import type * as lib_stravaSkips from "../lib/stravaSkips.js";
import type * as lib_stravaTasks from "../lib/stravaTasks.js";
import type * as lib_tableOwners from "../lib/tableOwners.js";
import type * as lib_text from "../lib/text.js";
import type * as lib_tokenVault from "../lib/tokenVault.js";
import type * as mutations_achievements from "../mutations/achievements.js";
import type * as mutations_activities from "../mutations/activities.js";
import type * as mutations_activityTypes from "../mutations/activityTypes.js";
import type * as mutations_admin from "../mutations/admin.js";
import type * as mutations_apiKeys from "../mutations/apiKeys.js";
import type * as mutations_apiMutations from "../mutations/apiMutations.js";
import type * as mutations_challenges from "../mutations/challenges.js";
import type * as mutations_cleanup from "../mutations/cleanup.js";
import type * as mutations_imports from "../mutations/imports.js";
import type * as mutations_maintenance from "../mutations/maintenance.js";
import type * as mutations_miniGameSteps from "../mutations/miniGameSteps.js";
import type * as mutations_miniGames from "../mutations/miniGames.js";
import type * as mutations_moderation from "../mutations/moderation.js";
import type * as mutations_notifications from "../mutations/notifications.js";
import type * as mutations_participants from "../mutations/participants.js";
import type * as mutations_participations from "../mutations/participations.js";
import type * as mutations_rankWalks from "../mutations/rankWalks.js";
import type * as mutations_signIn from "../mutations/signIn.js";
import type * as mutations_snapshots from "../mutations/snapshots.js";
import type * as mutations_strava from "../mutations/strava.js";
import type * as mutations_stravaWebhook from "../mutations/stravaWebhook.js";
import type * as mutations_stravaWork from "../mutations/stravaWork.js";
import type * as mutations_viewer from "../mutations/viewer.js";
import type * as queries_achievements from "../queries/achievements.js";
import type * as queries_activities from "../queries/activities.js";
import type * as queries_activityTypes from "../queries/activityTypes.js";
import type * as queries_admin from "../queries/admin.js";
import type * as queries_apiKeys from "../queries/apiKeys.js";
import type * as queries_apiQueries from "../queries/apiQueries.js";
import type * as queries_challenges from "../queries/challenges.js";
import type * as queries_imports from "../queries/imports.js";
import type * as queries_leaderboards from "../queries/leaderboards.js";
import type * as queries_maintenance from "../queries/maintenance.js";
import type * as queries_miniGames from "../queries/miniGames.js";
import type * as queries_moderation from "../queries/moderation.js";
import type * as queries_notifications from "../queries/notifications.js";
import type * as queries_participants from "../queries/participants.js";
import type * as queries_profiles from "../queries/profiles.js";
import type * as queries_snapshots from "../queries/snapshots.js";
import type * as queries_standings from "../queries/standings.js";
import type * as queries_strava from "../queries/strava.js";
import type * as queries_stravaWork from "../queries/stravaWork.js";
import type * as queries_viewer from "../queries/viewer.js";
import type * as routes_strava from "../routes/strava.js";
import type * as tables_achievements from "../tables/achievements.js";
import type * as tables_activities from "../tables/activities.js";
import type * as tables_activityTypes from "../tables/activityTypes.js";
import type * as tables_apiKeys from "../tables/apiKeys.js";
import type * as tables_challenges from "../tables/challenges.js";
import type * as tables_games from "../tables/games.js";
import type * as tables_imports from "../tables/imports.js";
import type * as tables_jobs from "../tables/jobs.js";
import type * as tables_ledger from "../tables/ledger.js";
import type * as tables_moderation from "../tables/moderation.js";
import type * as tables_notifications from "../tables/notifications.js";
import type * as tables_people from "../tables/people.js";
import type * as tables_scoring from "../tables/scoring.js";
import type * as tables_snapshots from "../tables/snapshots.js";
import type * as tables_strava from "../tables/strava.js";

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";

declare const fullApi: ApiFromModules<{
  auth: typeof auth;
  crons: typeof crons;
  http: typeof http;
  "integrations/snapshots": typeof integrations_snapshots;
  "integrations/strava": typeof integrations_strava;
  "integrations/stravaSync": typeof integrations_stravaSync;
  "lib/access": typeof lib_access;
  "lib/accountFacts": typeof lib_accountFacts;
  "lib/achievementAwards": typeof lib_achievementAwards;
  "lib/achievementEvaluation": typeof lib_achievementEvaluation;
  "lib/achievements": typeof lib_achievements;
  "lib/activityChanges": typeof lib_activityChanges;
  "lib/activityFacts": typeof lib_activityFacts;
  "lib/activityPointsAggregate": typeof lib_activityPointsAggregate;
  "lib/activityTypes": typeof lib_activityTypes;
  "lib/activityWrites": typeof lib_activityWrites;
  "lib/apiDoors": typeof lib_apiDoors;
  "lib/apiKeys": typeof lib_apiKeys;
  "lib/appeals": typeof lib_appeals;
  "lib/boardRank": typeof lib_boardRank;
  "lib/boardTotals": typeof lib_boardTotals;
  "lib/boards": typeof lib_boards;
  "lib/challengePoints": typeof lib_challengePoints;
  "lib/challenges": typeof lib_challenges;
  "lib/comments": typeof lib_comments;
  "lib/displayNames": typeof lib_displayNames;
  "lib/errors": typeof lib_errors;
  "lib/finalStandings": typeof lib_finalStandings;
  "lib/flagDecisions": typeof lib_flagDecisions;
  "lib/flags": typeof lib_flags;
  "lib/functions": typeof lib_functions;
  "lib/gameAccess": typeof lib_gameAccess;
  "lib/gameFacts": typeof lib_gameFacts;
  "lib/gameSteps": typeof lib_gameSteps;
  "lib/gameViews": typeof lib_gameViews;
  "lib/games": typeof lib_games;
  "lib/heldActivities": typeof lib_heldActivities;
  "lib/heldDecisions": typeof lib_heldDecisions;
  "lib/idempotency": typeof lib_idempotency;
  "lib/jobs": typeof lib_jobs;
  "lib/jobs/accounts": typeof lib_jobs_accounts;
  "lib/jobs/kinds": typeof lib_jobs_kinds;
  "lib/jobs/stage": typeof lib_jobs_stage;
  "lib/ledgerAccess": typeof lib_ledgerAccess;
  "lib/ledgerEffects": typeof lib_ledgerEffects;
  "lib/moderationLog": typeof lib_moderationLog;
  "lib/notifications": typeof lib_notifications;
  "lib/participations": typeof lib_participations;
  "lib/passwords": typeof lib_passwords;
  "lib/people": typeof lib_people;
  "lib/pointLedger": typeof lib_pointLedger;
  "lib/pointLedger/importChunk": typeof lib_pointLedger_importChunk;
  "lib/pointLedger/openDays": typeof lib_pointLedger_openDays;
  "lib/pointLedger/ports": typeof lib_pointLedger_ports;
  "lib/pointLedger/previews": typeof lib_pointLedger_previews;
  "lib/pointLedger/repair": typeof lib_pointLedger_repair;
  "lib/pointLedger/verbs": typeof lib_pointLedger_verbs;
  "lib/rankWalks": typeof lib_rankWalks;
  "lib/ranks": typeof lib_ranks;
  "lib/rateLimits": typeof lib_rateLimits;
  "lib/roles": typeof lib_roles;
  "lib/rules/achievementDefinition": typeof lib_rules_achievementDefinition;
  "lib/rules/achievements": typeof lib_rules_achievements;
  "lib/rules/amounts": typeof lib_rules_amounts;
  "lib/rules/apiKeys": typeof lib_rules_apiKeys;
  "lib/rules/archive": typeof lib_rules_archive;
  "lib/rules/archiveCells": typeof lib_rules_archiveCells;
  "lib/rules/archiveHeader": typeof lib_rules_archiveHeader;
  "lib/rules/boards": typeof lib_rules_boards;
  "lib/rules/catalogue": typeof lib_rules_catalogue;
  "lib/rules/checked": typeof lib_rules_checked;
  "lib/rules/dates": typeof lib_rules_dates;
  "lib/rules/dayClock": typeof lib_rules_dayClock;
  "lib/rules/dayPricing": typeof lib_rules_dayPricing;
  "lib/rules/dayShare": typeof lib_rules_dayShare;
  "lib/rules/daySheets": typeof lib_rules_daySheets;
  "lib/rules/decimal": typeof lib_rules_decimal;
  "lib/rules/flagQuota": typeof lib_rules_flagQuota;
  "lib/rules/games": typeof lib_rules_games;
  "lib/rules/importRows": typeof lib_rules_importRows;
  "lib/rules/ledger": typeof lib_rules_ledger;
  "lib/rules/ledgerDamage": typeof lib_rules_ledgerDamage;
  "lib/rules/ledgerDecisions": typeof lib_rules_ledgerDecisions;
  "lib/rules/limits": typeof lib_rules_limits;
  "lib/rules/logWindow": typeof lib_rules_logWindow;
  "lib/rules/metrics": typeof lib_rules_metrics;
  "lib/rules/movement": typeof lib_rules_movement;
  "lib/rules/nameSearch": typeof lib_rules_nameSearch;
  "lib/rules/pages": typeof lib_rules_pages;
  "lib/rules/plausibility": typeof lib_rules_plausibility;
  "lib/rules/rebuildAccount": typeof lib_rules_rebuildAccount;
  "lib/rules/rule": typeof lib_rules_rule;
  "lib/rules/scoring": typeof lib_rules_scoring;
  "lib/rules/sports": typeof lib_rules_sports;
  "lib/rules/stravaActivity": typeof lib_rules_stravaActivity;
  "lib/rules/stravaBudget": typeof lib_rules_stravaBudget;
  "lib/rules/stravaEvent": typeof lib_rules_stravaEvent;
  "lib/rules/stravaRetry": typeof lib_rules_stravaRetry;
  "lib/rules/streak": typeof lib_rules_streak;
  "lib/rules/units": typeof lib_rules_units;
  "lib/rules/variants": typeof lib_rules_variants;
  "lib/rules/verifyAccount": typeof lib_rules_verifyAccount;
  "lib/rules/weeks": typeof lib_rules_weeks;
  "lib/secrets": typeof lib_secrets;
  "lib/snapshots": typeof lib_snapshots;
  "lib/sportMappings": typeof lib_sportMappings;
  "lib/standingsRank": typeof lib_standingsRank;
  "lib/stravaApi": typeof lib_stravaApi;
  "lib/stravaApply": typeof lib_stravaApply;
  "lib/stravaConfig": typeof lib_stravaConfig;
  "lib/stravaConnections": typeof lib_stravaConnections;
  "lib/stravaInbox": typeof lib_stravaInbox;
  "lib/stravaPurge": typeof lib_stravaPurge;
  "lib/stravaRaw": typeof lib_stravaRaw;
  "lib/stravaSession": typeof lib_stravaSession;
  "lib/stravaSkips": typeof lib_stravaSkips;
  "lib/stravaTasks": typeof lib_stravaTasks;
  "lib/tableOwners": typeof lib_tableOwners;
  "lib/text": typeof lib_text;
  "lib/tokenVault": typeof lib_tokenVault;
  "mutations/achievements": typeof mutations_achievements;
  "mutations/activities": typeof mutations_activities;
  "mutations/activityTypes": typeof mutations_activityTypes;
  "mutations/admin": typeof mutations_admin;
  "mutations/apiKeys": typeof mutations_apiKeys;
  "mutations/apiMutations": typeof mutations_apiMutations;
  "mutations/challenges": typeof mutations_challenges;
  "mutations/cleanup": typeof mutations_cleanup;
  "mutations/imports": typeof mutations_imports;
  "mutations/maintenance": typeof mutations_maintenance;
  "mutations/miniGameSteps": typeof mutations_miniGameSteps;
  "mutations/miniGames": typeof mutations_miniGames;
  "mutations/moderation": typeof mutations_moderation;
  "mutations/notifications": typeof mutations_notifications;
  "mutations/participants": typeof mutations_participants;
  "mutations/participations": typeof mutations_participations;
  "mutations/rankWalks": typeof mutations_rankWalks;
  "mutations/signIn": typeof mutations_signIn;
  "mutations/snapshots": typeof mutations_snapshots;
  "mutations/strava": typeof mutations_strava;
  "mutations/stravaWebhook": typeof mutations_stravaWebhook;
  "mutations/stravaWork": typeof mutations_stravaWork;
  "mutations/viewer": typeof mutations_viewer;
  "queries/achievements": typeof queries_achievements;
  "queries/activities": typeof queries_activities;
  "queries/activityTypes": typeof queries_activityTypes;
  "queries/admin": typeof queries_admin;
  "queries/apiKeys": typeof queries_apiKeys;
  "queries/apiQueries": typeof queries_apiQueries;
  "queries/challenges": typeof queries_challenges;
  "queries/imports": typeof queries_imports;
  "queries/leaderboards": typeof queries_leaderboards;
  "queries/maintenance": typeof queries_maintenance;
  "queries/miniGames": typeof queries_miniGames;
  "queries/moderation": typeof queries_moderation;
  "queries/notifications": typeof queries_notifications;
  "queries/participants": typeof queries_participants;
  "queries/profiles": typeof queries_profiles;
  "queries/snapshots": typeof queries_snapshots;
  "queries/standings": typeof queries_standings;
  "queries/strava": typeof queries_strava;
  "queries/stravaWork": typeof queries_stravaWork;
  "queries/viewer": typeof queries_viewer;
  "routes/strava": typeof routes_strava;
  "tables/achievements": typeof tables_achievements;
  "tables/activities": typeof tables_activities;
  "tables/activityTypes": typeof tables_activityTypes;
  "tables/apiKeys": typeof tables_apiKeys;
  "tables/challenges": typeof tables_challenges;
  "tables/games": typeof tables_games;
  "tables/imports": typeof tables_imports;
  "tables/jobs": typeof tables_jobs;
  "tables/ledger": typeof tables_ledger;
  "tables/moderation": typeof tables_moderation;
  "tables/notifications": typeof tables_notifications;
  "tables/people": typeof tables_people;
  "tables/scoring": typeof tables_scoring;
  "tables/snapshots": typeof tables_snapshots;
  "tables/strava": typeof tables_strava;
}>;

/**
 * A utility for referencing Convex functions in your app's public API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = api.myModule.myFunction;
 * ```
 */
export declare const api: FilterApi<
  typeof fullApi,
  FunctionReference<any, "public">
>;

/**
 * A utility for referencing Convex functions in your app's internal API.
 *
 * Usage:
 * ```js
 * const myFunctionReference = internal.myModule.myFunction;
 * ```
 */
export declare const internal: FilterApi<
  typeof fullApi,
  FunctionReference<any, "internal">
>;

export declare const components: {
  activityPointsAggregate: import("@convex-dev/aggregate/_generated/component.js").ComponentApi<"activityPointsAggregate">;
  standingsRank: import("@convex-dev/aggregate/_generated/component.js").ComponentApi<"standingsRank">;
  boardRank: import("@convex-dev/aggregate/_generated/component.js").ComponentApi<"boardRank">;
  rateLimiter: import("@convex-dev/rate-limiter/_generated/component.js").ComponentApi<"rateLimiter">;
  workpool: import("@convex-dev/workpool/_generated/component.js").ComponentApi<"workpool">;
};
