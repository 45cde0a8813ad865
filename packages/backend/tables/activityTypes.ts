import { defineTable } from "convex/server";
import { v } from "convex/values";
import { ruleFields } from "./scoring";

export const activityTypeTables = {
  /** A kind of activity of one challenge with its current rule; written by lib/activityTypes; name unique per challenge. */
  activityTypes: defineTable({
    challengeId: v.id("challenges"),
    name: v.string(),
    /** Key of the starter catalogue this type came from; lets sport labels find it without a mapping. */
    catalogueKey: v.optional(v.string()),
    version: v.number(),
    /** Nothing new can be logged as it; what was logged stays and counts. */
    isRetired: v.optional(v.literal(true)),
    ...ruleFields,
  }).index("by_challengeId_and_name", ["challengeId", "name"]),
  /** Every rule a type ever had, append-only; written by lib/activityTypes; unique by type and version. */
  activityTypeVersions: defineTable({
    activityTypeId: v.id("activityTypes"),
    version: v.number(),
    ...ruleFields,
  }).index("by_activityTypeId_and_version", ["activityTypeId", "version"]),
  /** A sport label of an archive and the type it counts as; written by lib/sportMappings; unique by challenge and label. */
  sportMappings: defineTable({
    challengeId: v.id("challenges"),
    label: v.string(),
    /** null = rows with this label are skipped on purpose. */
    activityTypeId: v.union(v.id("activityTypes"), v.null()),
  }).index("by_challengeId_and_label", ["challengeId", "label"]),
};
