/** The endpoints of the deploy protocol, as the official CLI 1.48 calls them with the admin key. */
import { z } from "zod";
import type { Engine, JsonObject } from "../../types.ts";
import { jsonObject, pushIdOf, type Deployments } from "../deploy/deployments.ts";
import { badRequest } from "./errors.ts";

/** How long a poll for logs is held open when there are none. */
const LOG_POLL_MS = 10_000;

const finishPush = z.looseObject({
  startPush: pushIdOf.startPush,
  dryRun: z.boolean().default(false),
});
const waitForSchema = z.looseObject({
  schemaChange: pushIdOf.schemaChange,
  dryRun: z.boolean().default(false),
});
const environmentChanges = z.looseObject({
  changes: z.array(z.object({ name: z.string(), value: z.string().nullish() })),
});

export interface DeployContext {
  engine: Engine;
  deployments: Deployments;
  urls: { cloudUrl: string; siteUrl: string };
}

/** One endpoint: how its body is checked, and what it answers. */
export interface DeployEndpoint {
  method: "GET" | "POST";
  answer(context: DeployContext, body: JsonObject, query: URLSearchParams): Promise<unknown>;
}

function post(
  answer: (context: DeployContext, body: JsonObject) => Promise<unknown>,
): DeployEndpoint {
  return { method: "POST", answer };
}

export const DEPLOY_ENDPOINTS: Readonly<Record<string, DeployEndpoint>> = {
  "/api/get_config_hashes": post(async ({ deployments }) => deployments.configHashes()),
  "/api/deploy2/start_push": post(({ deployments }, body) =>
    deployments.start(body, body["dryRun"] === true),
  ),
  "/api/deploy2/evaluate_push": post(({ deployments }, body) => deployments.start(body, true)),
  // An empty evaluation lets the CLI skip its advice on large indexes and slow validations.
  "/api/deploy2/evaluate_schema": post(async () => ({
    componentSchemaEvaluations: {},
    newComponentDefinitions: [],
  })),
  "/api/deploy2/wait_for_schema": post(({ deployments }, body) => {
    const { schemaChange, dryRun } = shaped(waitForSchema, body);
    return deployments.checkSchema(schemaChange, dryRun);
  }),
  "/api/deploy2/finish_push": post(({ deployments }, body) => {
    const { startPush, dryRun } = shaped(finishPush, body);
    return deployments.finish(startPush, dryRun);
  }),
  "/api/deploy2/report_push_completed": post(async () => null),
  "/api/update_environment_variables": post(async ({ engine }, body) => {
    await engine.updateEnvironment(shaped(environmentChanges, body).changes);
    await engine.store.durable(engine.store.ts);
    return null;
  }),
  "/api/v1/get_canonical_urls": {
    method: "GET",
    answer: async ({ urls }) => ({ convexCloudUrl: urls.cloudUrl, convexSiteUrl: urls.siteUrl }),
  },
  "/api/stream_function_logs": {
    method: "GET",
    answer: async ({ engine }, _body, query) => {
      const cursor = Number(query.get("cursor") ?? 0);
      if (!Number.isFinite(cursor)) throw badRequest("BadCursor", "cursor must be a number.");
      const { entries, newCursor } = await engine.logs(cursor, LOG_POLL_MS);
      return { entries: entries.map(({ entry }) => entry), newCursor };
    },
  },
};

/** Bodies of the deploy protocol are JSON objects. */
export const deployBody = jsonObject;

function shaped<Schema extends z.ZodType>(schema: Schema, body: JsonObject): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw badRequest("BadRequest", z.prettifyError(parsed.error));
}
