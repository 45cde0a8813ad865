/** What the server needs of an evaluated push (the start_push response of the engine). */
import { z } from "zod";
import type { ComponentPath, SchemaJson } from "../../types.ts";

const analyzedFunction = z.looseObject({
  name: z.string(),
  udfType: z.enum(["Query", "Mutation", "Action"]),
  visibility: z.looseObject({ kind: z.enum(["public", "internal"]) }).nullable(),
  args: z.string().nullable(),
  returns: z.string().nullable(),
});

const analyzedModule = z.looseObject({
  functions: z.array(analyzedFunction),
  httpRoutes: z.array(z.looseObject({ method: z.string(), path: z.string() })).nullish(),
  cronSpecs: z.unknown(),
});

const analyzedDefinition = z.looseObject({
  definition: z.looseObject({ path: z.string() }),
  schema: z.unknown(),
  functions: z.record(z.string(), analyzedModule),
});
export type AnalyzedDefinition = z.output<typeof analyzedDefinition>;

const component = z.looseObject({
  definitionPath: z.string(),
  componentPath: z.string(),
  get childComponents() {
    return z.record(z.string(), component);
  },
});
type Component = z.output<typeof component>;

export const pushAnalysis = z.looseObject({
  appAuth: z.array(z.unknown()),
  analysis: z.record(z.string(), analyzedDefinition),
  app: component,
  schemaChange: z.looseObject({}),
});
/** The start_push response, of which only the parts named here are looked at. */
export type PushAnalysis = z.output<typeof pushAnalysis>;

/** Every component instance of a push with its definition; "" is the app. */
export function instances(push: PushAnalysis): Map<ComponentPath, AnalyzedDefinition> {
  const found = new Map<ComponentPath, AnalyzedDefinition>();
  const visit = (instance: Component): void => {
    const definition = push.analysis[instance.definitionPath];
    if (definition !== undefined) found.set(instance.componentPath, definition);
    Object.values(instance.childComponents).forEach(visit);
  };
  visit(push.app);
  return found;
}

/** The schema of every component instance. */
export function schemasOf(push: PushAnalysis): Map<ComponentPath, SchemaJson> {
  return new Map(
    [...instances(push)].map(([path, { schema }]) => [path, (schema ?? null) as SchemaJson]),
  );
}

/** Cron identifiers with their specification, of one component definition. */
export function cronsOf(definition: AnalyzedDefinition | undefined): Map<string, string> {
  const specs = new Map<string, string>();
  for (const { cronSpecs } of Object.values(definition?.functions ?? {})) {
    for (const [name, spec] of entriesOf(cronSpecs)) specs.set(name, JSON.stringify(spec));
  }
  return specs;
}

/** `cronSpecs` is an object or a list of [identifier, specification]. */
function entriesOf(specs: unknown): Array<[string, unknown]> {
  if (Array.isArray(specs)) return specs as Array<[string, unknown]>;
  return typeof specs === "object" && specs !== null ? Object.entries(specs) : [];
}
