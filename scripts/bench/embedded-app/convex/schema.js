import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  activities: defineTable({
    challenge: v.string(),
    user: v.string(),
    points: v.number(),
  }).index("by_user", ["user"]),
});
