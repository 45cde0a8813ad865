import { v } from "convex/values";
import { viewerOf } from "../lib/access";
import { publicQuery } from "../lib/functions";
import { isOrganiser } from "../lib/participations";
import { demoPeople } from "../lib/people";

/** The caller as they see themselves; null when nobody is signed in. */
export const get = publicQuery({
  args: {},
  returns: v.union(
    v.object({
      userId: v.id("users"),
      displayName: v.string(),
      timezone: v.optional(v.string()),
      isPlatformAdmin: v.boolean(),
      isDemo: v.boolean(),
    }),
    v.null(),
  ),
  handler: async (ctx) => {
    const viewer = await viewerOf(ctx);
    if (viewer === null) return null;
    const { displayName, timezone, isPlatformAdmin, isDemo } = viewer.person;
    return { userId: viewer.userId, displayName, timezone, isPlatformAdmin, isDemo };
  },
});

/** The made-up people a visitor may try the demo as; none where the deployment is no demo. */
export const demoAccounts = publicQuery({
  args: {},
  returns: v.object({
    enabled: v.boolean(),
    accounts: v.array(
      v.object({ userId: v.id("users"), displayName: v.string(), note: v.string() }),
    ),
  }),
  handler: async (ctx) => {
    if (process.env.MILEPOST_DEMO !== "1") return { enabled: false, accounts: [] };
    const people = await demoPeople(ctx);
    const accounts = await Promise.all(
      people.map(async ({ userId, displayName }) => {
        const note = (await isOrganiser(ctx, userId))
          ? "Organiser of the demo challenge"
          : "Participant";
        return { userId, displayName, note };
      }),
    );
    return { enabled: true, accounts };
  },
});
