import type { FunctionArgs } from "convex/server";
import { api, internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import { accountOf, type Member, type Scene, settled } from "./ledger.setup";

type NewAchievement = Omit<FunctionArgs<typeof api.mutations.achievements.create>, "challengeId">;

/** Makes an achievement, by default 100 points for two runs, and lets everybody be evaluated by it. */
export async function newAchievement(
  scene: Scene,
  fields: Partial<NewAchievement> = {},
): Promise<Id<"achievements">> {
  const { t, admin, challengeId, types } = scene;
  const criteria = { kind: "count" as const, activityTypeIds: [types.run], times: 2 };
  const base = { name: "Two runs", criteria, frequency: "oncePerChallenge" as const, points: 100 };
  const args = { challengeId, ...base, ...fields };
  const { achievementId } = await admin.as.mutation(api.mutations.achievements.create, args);
  await settled(t);
  return achievementId;
}

/** The rows of somebody's awards, those taken back too: [what, day, points, whether it counts], by key. */
export async function awardsHeld(scene: Scene, who: Member) {
  const { rows } = await accountOf(scene, who);
  return rows
    .filter(({ source }) => source === "achievement")
    .map((row): [string, string | null, number, boolean] => [
      row.awardKey?.split("/").at(-1) ?? "",
      row.loggedDate,
      row.pointsEarned,
      row.deletedAt === undefined,
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What is kept about somebody's achievements. */
export async function progressRows({ t }: Scene, { userId }: Member) {
  const rows = await t.run(async (ctx) => await ctx.db.query("achievementProgress").collect());
  return rows.filter((row) => row.userId === userId);
}

/** The achievement as it is stored. */
export async function stored({ t }: Scene, id: Id<"achievements">): Promise<Doc<"achievements">> {
  const row = await t.run(async (ctx) => await ctx.db.get("achievements", id));
  if (row === null) throw new Error("no such achievement");
  return row;
}

/** What verify finds in the challenge. */
export async function findingsOf({ t, challengeId }: Scene) {
  const verified = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
  return verified.findings;
}
