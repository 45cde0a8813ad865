import { v } from "convex/values";
import { deletePerson as erase } from "../lib/deletion";
import { refuse } from "../lib/errors";
import { platformAdminMutation } from "../lib/functions";
import { personOf } from "../lib/people";
import { pointsChoiceValidator } from "../tables/strava";

/**
 * Deletes somebody for an admin of the platform, as `mutations/viewer:deleteAccount` does for oneself; `confirm` is that
 * person's display name or e-mail address. The admin is told when nothing is left. Refuses NOT_SIGNED_IN,
 * NOT_PLATFORM_ADMIN, NOT_FOUND (`person`), INVALID_INPUT (`confirm`) and LIMIT_REACHED (`lastAdmin`).
 */
const deletePerson = platformAdminMutation({
  args: { userId: v.id("users"), points: pointsChoiceValidator, confirm: v.string() },
  returns: v.null(),
  handler: async (ctx, { userId, points, confirm }) => {
    const person = (await personOf(ctx, userId)) ?? refuse({ code: "NOT_FOUND", what: "person" });
    const startedBy = userId === ctx.userId ? null : ctx.userId;
    await erase(ctx, person, { points, confirm, startedBy });
    return null;
  },
});
export { deletePerson as delete };
