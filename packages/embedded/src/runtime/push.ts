/** The body of start_push: its shape, and the sources that the CLI left out because they are unchanged. */
import { z } from "zod";
import { moduleHash } from "./code.ts";
import { PushError } from "./errors.ts";
import type { JsonObject, PushModule } from "../types.ts";

const moduleSchema = z.object({
  path: z.string(),
  source: z.string(),
  sourceMap: z.string().optional(),
  environment: z.enum(["isolate", "node"]),
});

const pushSchema = z.object({
  functions: z.string(),
  appDefinition: z.object({
    definition: moduleSchema.nullable(),
    schema: moduleSchema.nullable(),
    changedModules: z.array(moduleSchema),
    unchangedModuleHashes: z
      .array(
        z.object({
          path: z.string(),
          environment: z.enum(["isolate", "node"]),
          sha256: z.string(),
        }),
      )
      .default([]),
    udfServerVersion: z.string(),
  }),
  componentDefinitions: z.array(
    z.object({
      definitionPath: z.string(),
      definition: moduleSchema,
      schema: moduleSchema.nullable(),
      functions: z.array(moduleSchema),
      udfServerVersion: z.string(),
    }),
  ),
});

/** One component definition (path "" is the app) with all its modules. */
export interface PushedDefinition {
  path: string;
  definition: PushModule | null;
  schema: PushModule | null;
  modules: PushModule[];
  serverVersion: string;
}

/** A push with every source present. */
export interface Push {
  definitions: PushedDefinition[];
  /** The request body with no unchanged modules left out, and without the admin key. */
  body: JsonObject;
}

/**
 * Reads a start_push body. `previous` is the body of the active push: modules that the CLI names by
 * hash only are taken from it, and a hash that is not there is refused.
 */
export function parsePush(body: JsonObject, previous: JsonObject | null): Push {
  const parsed = pushSchema.safeParse(body);
  if (!parsed.success) {
    throw new PushError("InvalidPush", `The push is malformed: ${z.prettifyError(parsed.error)}`);
  }
  const { appDefinition: app, componentDefinitions } = parsed.data;
  const kept = unchangedModules(app.unchangedModuleHashes, previous);
  const modules = [...app.changedModules, ...kept] as PushModule[];
  const definitions: PushedDefinition[] = [
    {
      path: "",
      definition: app.definition as PushModule | null,
      schema: app.schema as PushModule | null,
      modules,
      serverVersion: app.udfServerVersion,
    },
    ...componentDefinitions.map((component) => ({
      path: component.definitionPath,
      definition: component.definition as PushModule,
      schema: component.schema as PushModule | null,
      modules: component.functions as PushModule[],
      serverVersion: component.udfServerVersion,
    })),
  ];
  return {
    definitions,
    body: {
      ...parsed.data,
      appDefinition: { ...app, changedModules: modules, unchangedModuleHashes: [] },
    } as unknown as JsonObject,
  };
}

function unchangedModules(
  hashes: Array<{ path: string; sha256: string }>,
  previous: JsonObject | null,
): PushModule[] {
  if (hashes.length === 0) return [];
  const known = previous ? parsePush(previous, null).definitions[0]!.modules : [];
  const byHash = new Map(known.map((module) => [`${module.path}\0${moduleHash(module)}`, module]));
  return hashes.map(({ path, sha256 }) => {
    const module = byHash.get(`${path}\0${sha256}`);
    if (!module) {
      throw new PushError(
        "InvalidPush",
        `The push calls ${path} unchanged, but this deployment has another version of it. Push again.`,
      );
    }
    return module;
  });
}
