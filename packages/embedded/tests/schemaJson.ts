import type { GenericSchema, SchemaDefinition } from "convex/server";
import type { SchemaJson } from "../src/types.ts";

/** What the CLI sends for a schema. */
export function schemaJson(schema: SchemaDefinition<GenericSchema, boolean>): SchemaJson {
  return JSON.parse((schema as unknown as { export(): string }).export()) as SchemaJson;
}
