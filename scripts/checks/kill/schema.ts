import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import product from "./product";

/** The product's schema, and a table with an index that comes and goes. */
export default defineSchema({
  ...product.tables,
  fillers: defineTable({ round: v.number(), text: v.string() }).index("by_text", ["text"]),
});
