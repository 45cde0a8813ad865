import { z } from "@hono/zod-openapi";
import { internal } from "../../_generated/api";
import { doorOf } from "../../lib/apiDoors";
import {
  MAX_EXTERNAL_ID_LENGTH,
  MAX_IMPORT_ROWS,
  MAX_SPORT_LENGTH,
} from "../../lib/rules/importRows";
import * as apiMutations from "../../mutations/apiMutations";
import * as apiQueries from "../../queries/apiQueries";
import { schemaOf } from "./answers";
import * as fields from "./fields";
import { operation, type Operation } from "./operations";

const tag = "Imports";
const MAX_TITLE = 1000;

const row = z.strictObject({
  externalId: fields.text(MAX_EXTERNAL_ID_LENGTH, "Of the activity in its source."),
  sport: fields.text(MAX_SPORT_LENGTH, "The label the source gives the sport."),
  startedAt: fields.instant("UTC, in milliseconds since 1970."),
  loggedDate: fields.day,
  metrics: fields.metrics,
  title: fields.text(MAX_TITLE).optional(),
});

const body = {
  source: z.literal("archive"),
  rows: z.array(row).max(MAX_IMPORT_ROWS),
  allowDuplicates: z.boolean().optional(),
  onBehalfOf: fields.id("a participant").optional(),
  reason: fields.reason.optional(),
};
const rowsOf = (given: ReadonlyArray<z.output<typeof row>>) =>
  given.map((one) => ({ ...one, metrics: fields.toMetrics(one.metrics) }));

/** Importing what other programs recorded. */
export const importOperations: readonly Operation[] = [
  operation({
    method: "post",
    path: "/challenges/{challengeId}/imports",
    tag,
    operationId: "importActivities",
    summary: `Import up to ${MAX_IMPORT_ROWS} activities of an archive`,
    description:
      "Every row ends as `created`, `exists`, `updated`, `held` or `skipped`, with a reason; the same rows again change nothing.",
    scopes: ["log", "admin"],
    params: fields.challengePath,
    body,
    answer: schemaOf(doorOf(apiMutations.importActivities).returns),
    refusals: ["IDEMPOTENCY_MISMATCH", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId, requestId }, { params, body: given }) => {
      const input = { ...params, ...given, rows: rowsOf(given.rows), requestId };
      const fn = internal.mutations.apiMutations.importActivities;
      return await ctx.runMutation(fn, { apiKeyId, input });
    },
  }),
  operation({
    method: "post",
    path: "/challenges/{challengeId}/imports/preview",
    tag,
    operationId: "previewImport",
    isQuestion: true,
    summary: "What `importActivities` would do with these rows now; nothing is changed",
    description:
      "Decided by the same code, and on what is stored: not on rows of earlier previews.",
    scopes: ["log", "admin"],
    params: fields.challengePath,
    body: { ...body, today: fields.day },
    answer: schemaOf(doorOf(apiQueries.importPreview).returns),
    refusals: ["NOT_CHALLENGE_ADMIN", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId }, { params, body: given }) => {
      const input = { ...params, ...given, rows: rowsOf(given.rows) };
      return await ctx.runQuery(internal.queries.apiQueries.importPreview, { apiKeyId, input });
    },
  }),
];
