/* eslint-disable */
/**
 * Generated `api` utility.
 *
 * THIS CODE IS AUTOMATICALLY GENERATED.
 *
 * To regenerate, run `npx convex dev`.
 * @module
 */

import type * as lib_access from "../lib/access.js";
import type * as lib_errors from "../lib/errors.js";
import type * as lib_functions from "../lib/functions.js";
import type * as lib_people from "../lib/people.js";
import type * as lib_tableOwners from "../lib/tableOwners.js";
import type * as tables_activities from "../tables/activities.js";
import type * as tables_activityTypes from "../tables/activityTypes.js";
import type * as tables_challenges from "../tables/challenges.js";
import type * as tables_ledger from "../tables/ledger.js";
import type * as tables_people from "../tables/people.js";
import type * as tables_scoring from "../tables/scoring.js";

import type {
  ApiFromModules,
  FilterApi,
  FunctionReference,
} from "convex/server";

declare const fullApi: ApiFromModules<{
  "lib/access": typeof lib_access;
  "lib/errors": typeof lib_errors;
  "lib/functions": typeof lib_functions;
  "lib/people": typeof lib_people;
  "lib/tableOwners": typeof lib_tableOwners;
  "tables/activities": typeof tables_activities;
  "tables/activityTypes": typeof tables_activityTypes;
  "tables/challenges": typeof tables_challenges;
  "tables/ledger": typeof tables_ledger;
  "tables/people": typeof tables_people;
  "tables/scoring": typeof tables_scoring;
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
  rateLimiter: import("@convex-dev/rate-limiter/_generated/component.js").ComponentApi<"rateLimiter">;
};
