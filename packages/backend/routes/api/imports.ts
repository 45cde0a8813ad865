import { z } from "@hono/zod-openapi";
import { internal } from "../../_generated/api";
import { doorOf } from "../../lib/apiDoors";
import {
  MAX_EXTERNAL_ID_LENGTH,
  MAX_IMPORT_ROWS,
  MAX_SPORT_LENGTH,
} from "../../lib/rules/importRows";
import * as apiMutations from "../../mutations/apiMutations";
import { schemaOf } from "./answers";
import * as fields from "./fields";
import { operation, type Operation } from "./operations";

const MAX_TITLE = 1000;

const row = z.strictObject({
  externalId: fields.text(MAX_EXTERNAL_ID_LENGTH, "Of the activity in its source."),
  sport: fields.text(MAX_SPORT_LENGTH, "The label the source gives the sport."),
  startedAt: fields.instant("UTC, in milliseconds since 1970."),
  loggedDate: fields.day,
  metrics: fields.metrics,
  title: fields.text(MAX_TITLE).optional(),
});

/** Importing what other programs recorded. */
export const importOperations: readonly Operation[] = [
  operation({
    method: "post",
    path: "/challenges/{challengeId}/imports",
    tag: "Imports",
    operationId: "importActivities",
    summary: `Import up to ${MAX_IMPORT_ROWS} activities of an archive`,
    description:
      "Every row ends as `created`, `exists`, `updated`, `held` or `skipped`, with a reason; the same rows again change nothing.",
    scopes: ["log", "admin"],
    params: fields.challengePath,
    body: {
      source: z.literal("archive"),
      rows: z.array(row).max(MAX_IMPORT_ROWS),
      allowDuplicates: z.boolean().optional(),
      onBehalfOf: fields.id("a participant").optional(),
      reason: fields.reason.optional(),
    },
    answer: schemaOf(doorOf(apiMutations.importActivities).returns),
    refusals: ["IDEMPOTENCY_MISMATCH", "CHALLENGE_FINAL"],
    run: async ({ ctx, apiKeyId, requestId }, { params, body }) => {
      const rows = body.rows.map((one) => ({ ...one, metrics: fields.toMetrics(one.metrics) }));
      const input = { ...params, ...body, rows, requestId };
      const fn = internal.mutations.apiMutations.importActivities;
      return await ctx.runMutation(fn, { apiKeyId, input });
    },
  }),
];
