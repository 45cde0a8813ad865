import { z } from "@hono/zod-openapi";
import type { GenericValidator, Infer } from "convex/values";
import * as fields from "./fields";

/** Longer than any text of a rule. */
const MAX_TEXT = 400;

/**
 * How a request is read whose value a function takes as it is: made from the validator of its argument, so that neither can
 * take what the other does not. Unknown fields are refused.
 */
export function valueOf<V extends GenericValidator>(validator: V): z.ZodType<Infer<V>> {
  // The schema is made of the same kinds as the validator, which types cannot follow.
  return schemaOf(validator) as z.ZodType<Infer<V>>;
}

function schemaOf(validator: GenericValidator): z.ZodType {
  switch (validator.kind) {
    case "string":
      return fields.text(MAX_TEXT);
    case "float64":
      return z.number();
    case "boolean":
      return z.boolean();
    case "array":
      return z.array(schemaOf(validator.element as GenericValidator));
    case "object":
      return objectOf(validator);
    case "union":
      return unionOf(validator.members as GenericValidator[]);
    default:
      throw new Error(`no request holds a ${validator.kind}`);
  }
}

function objectOf(validator: GenericValidator): z.ZodObject {
  if (validator.kind !== "object") throw new Error("one of several objects is none");
  const entries = Object.entries(validator.fields as Record<string, GenericValidator>);
  const shape = entries.map(([name, field]) => {
    const schema = field.kind === "literal" ? z.literal(textOf(field)) : schemaOf(field);
    return [name, field.isOptional === "optional" ? schema.optional() : schema];
  });
  return z.strictObject(Object.fromEntries(shape) as z.ZodRawShape);
}

/** Of words, or of objects that their `kind` tells apart. */
function unionOf(members: GenericValidator[]): z.ZodType {
  if (members.every(({ kind }) => kind === "literal")) return z.enum(members.map(textOf));
  const [first, ...rest] = members.map(objectOf);
  if (first === undefined) throw new Error("a union of nothing");
  return z.discriminatedUnion("kind", [first, ...rest]);
}

function textOf(validator: GenericValidator): string {
  const value: unknown = validator.kind === "literal" ? validator.value : undefined;
  if (typeof value !== "string") throw new Error("no word");
  return value;
}
