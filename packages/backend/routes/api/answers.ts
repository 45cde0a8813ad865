import type { GenericValidator } from "convex/values";

/** A JSON Schema (2020-12, as in OpenAPI 3.1). */
export type JsonSchema = { [keyword: string]: unknown };

/**
 * What a function answers as a JSON Schema, made from the validator that its answers pass, so that the document cannot say
 * something else.
 */
export function schemaOf(validator: GenericValidator): JsonSchema {
  switch (validator.kind) {
    case "id":
    case "string":
      return { type: "string" };
    case "float64":
      return { type: "number" };
    case "boolean":
      return { type: "boolean" };
    case "null":
      return { type: "null" };
    case "literal":
      return { const: validator.value as unknown };
    case "array":
      return { type: "array", items: schemaOf(validator.element as GenericValidator) };
    case "object":
      return schemaOfFields(validator.fields as Record<string, GenericValidator>);
    case "record":
      return {
        type: "object",
        additionalProperties: schemaOf(validator.value as GenericValidator),
      };
    case "union":
      return schemaOfUnion(validator.members as GenericValidator[]);
    default:
      throw new Error(`the API answers no ${validator.kind}`);
  }
}

function schemaOfFields(fields: Record<string, GenericValidator>): JsonSchema {
  const entries = Object.entries(fields);
  return {
    type: "object",
    properties: Object.fromEntries(entries.map(([name, field]) => [name, schemaOf(field)])),
    required: entries.filter(([, field]) => field.isOptional === "required").map(([name]) => name),
    additionalProperties: false,
  };
}

function schemaOfUnion(members: GenericValidator[]): JsonSchema {
  const schemas = members.map(schemaOf);
  const values = schemas.map((schema) => schema.const);
  if (values.every((value) => value !== undefined)) return { enum: values };
  return { anyOf: schemas };
}

/** An answer without some of its fields. */
export function without(schema: JsonSchema, ...names: string[]): JsonSchema {
  const { properties, required } = schema;
  const kept = Object.entries(properties ?? {}).filter(([name]) => !names.includes(name));
  return {
    ...schema,
    properties: Object.fromEntries(kept),
    required: (Array.isArray(required) ? required : []).filter((name) => !names.includes(name)),
  };
}

/** What a short list answers that comes at once. */
export function itemsSchema(items: GenericValidator): JsonSchema {
  return {
    type: "object",
    properties: { items: schemaOf(items) },
    required: ["items"],
    additionalProperties: false,
  };
}

/** What an operation answers that has nothing to say. */
export const DONE: JsonSchema = {
  type: "object",
  properties: { status: { const: "done" } },
  required: ["status"],
  additionalProperties: false,
};

/** What a list answers, by the page its function answers. */
export function listSchema(page: GenericValidator): JsonSchema {
  return {
    type: "object",
    properties: {
      items: schemaOf(page),
      nextCursor: { type: ["string", "null"], description: "For the next page; null at the end." },
    },
    required: ["items", "nextCursor"],
    additionalProperties: false,
  };
}

/** The validator of a page's rows. */
export function pageOf(returns: GenericValidator): GenericValidator {
  if (returns.kind !== "object") throw new Error("not a page");
  return (returns.fields as Record<string, GenericValidator>).page as GenericValidator;
}
