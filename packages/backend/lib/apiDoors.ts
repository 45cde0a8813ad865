import { type GenericValidator, type PropertyValidators, v } from "convex/values";
import type { Id, TableNames } from "../_generated/dataModel";
import type { Viewer } from "./access";
import { refuse } from "./errors";
import type { ReadCtx } from "./tableOwners";

/**
 * Sessions and API keys call the same handlers. The builders of lib/functions keep what they were given, so that
 * `apiQuery` and `apiMutation` can register it a second time, for callers with a key.
 */

/** A function as its builder was given it. */
export interface Door {
  /** What its builder reads from the arguments itself. */
  audienceArgs: PropertyValidators;
  args: PropertyValidators;
  returns: GenericValidator;
  /** What its builder adds to the ctx of a caller who is known; refuses who is not in the audience. */
  enter: (ctx: never, args: never) => Promise<object>;
  handler: (ctx: never, args: never) => Promise<unknown>;
}

/** What every builder takes. */
type Definition = Pick<Door, "args" | "returns" | "handler">;

const doors = new WeakMap<object, Door>();

/**
 * A builder that remembers what it was given.
 *
 * @param audience how it knows its callers, beside their identity
 */
export function keeping<Builder extends (definition: never) => object>(
  builder: Builder,
  audience: Pick<Door, "audienceArgs" | "enter">,
): Builder {
  const kept = (definition: Definition) => {
    const registered = builder(definition as never);
    doors.set(registered, { ...audience, ...definition });
    return registered;
  };
  // A builder's overloads cannot be spelled here; its types are those of the builder inside.
  return kept as unknown as Builder;
}

/** What a registered function was made from. */
export function doorOf(registered: object): Door {
  const door = doors.get(registered);
  if (door === undefined) throw new Error("not made by a builder that keeps its doors");
  return door;
}

/** Arguments whose ids are any text: what comes from outside may be an id of nothing. */
export type WithTextIds<Args> = { [Name in keyof Args]: TextId<Args[Name]> };
type TextId<Value> = Value extends Id<TableNames> ? string : Value;

/** What a route sends to the function behind it. */
export interface ApiCall<Args> {
  /** The key the call was authenticated with. */
  apiKeyId: Id<"apiKeys">;
  input: WithTextIds<Args>;
}

/** The validators of a door's arguments, where ids may be any text; ids inside lists and objects stay ids. */
export function withTextIds(args: PropertyValidators): PropertyValidators {
  const entries = Object.entries(args).map(([name, validator]) => [name, textId(validator)]);
  return Object.fromEntries(entries) as PropertyValidators;
}

function textId(validator: GenericValidator): GenericValidator {
  if (idTableOf(validator) === null) return validator;
  const text = validator.kind === "union" ? v.union(v.string(), v.null()) : v.string();
  return validator.isOptional === "optional" ? v.optional(text) : text;
}

/** The table an argument is an id of (or null instead); null for every other argument. */
function idTableOf(validator: GenericValidator): TableNames | null {
  if (validator.kind === "id") return validator.tableName as TableNames;
  if (validator.kind !== "union") return null;
  const [member, nothing, ...more] = validator.members as GenericValidator[];
  const isNullable = member?.kind === "id" && nothing?.kind === "null" && more.length === 0;
  return isNullable ? (member.tableName as TableNames) : null;
}

/** Refuses INVALID_INPUT for the first text that should be an id and is none of its table. */
export function needIds(
  ctx: Pick<ReadCtx, "db">,
  args: PropertyValidators,
  input: Record<string, unknown>,
): void {
  for (const [name, validator] of Object.entries(args)) {
    const table = idTableOf(validator);
    const value = input[name];
    if (table === null || typeof value !== "string") continue;
    if (ctx.db.normalizeId(table, value) !== null) continue;
    refuse({ code: "INVALID_INPUT", path: name, problem: "is not an id" });
  }
}

/** Lets a caller whose key was checked into a door: through its audience, to its handler. */
export async function enterDoor(
  ctx: Pick<ReadCtx, "db"> & Viewer,
  door: Door,
  input: Record<string, unknown>,
): Promise<unknown> {
  needIds(ctx, { ...door.audienceArgs, ...door.args }, input);
  // The arguments fit the door's validators now, which is what its handler was typed by.
  const args = input as never;
  const extra = await door.enter(ctx as never, args);
  return await door.handler({ ...ctx, ...extra } as never, args);
}
