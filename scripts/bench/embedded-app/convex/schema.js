import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  activities: defineTable({
    challenge: v.string(),
    user: v.string(),
    points: v.number(),
  }).index("by_user", ["user"]),
  totals: defineTable({ name: v.string(), user: v.number(), points: v.number() })
    .index("by_name_and_user", ["name", "user"])
    .index("by_name_and_points", ["name", "points"]),
});
