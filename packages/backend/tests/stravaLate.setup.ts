import { api, internal } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import { accountOf, km, log, type Member, settled } from "./ledger.setup";
import {
  connect,
  deliver,
  drained,
  later,
  newStravaScene,
  run,
  type StravaScene,
} from "./strava.setup";

/** Ada's athlete at Strava. */
export const ATHLETE = "77";
/** Milliseconds. */
export const DAY = 24 * 60 * 60_000;
/** One page of all there is. */
export const paginationOpts = { numItems: 50, cursor: null };

/** A challenge in which Ada ran 5 km and Bob logged as much by hand, after its grace; `isFinal` with frozen standings. */
export async function closed(isFinal: boolean): Promise<StravaScene> {
  const scene = await newStravaScene({ startsOn: "2026-06-01", endsOn: "2026-06-10" });
  const { t, admin, challengeId } = scene;
  scene.fake.put(ATHLETE, run(1));
  await connect(scene, scene.ada, ATHLETE);
  await log(scene, scene.bob, { loggedDate: "2026-06-09", metrics: km(5) });
  await later(t, 4 * DAY);
  if (isFinal) await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
  await settled(t);
  return scene;
}

/** Strava has an activity now and says so. */
export async function arrives(
  scene: StravaScene,
  id: number,
  fields: Parameters<typeof run>[1] = {},
  aspect: "create" | "update" = "create",
): Promise<void> {
  scene.fake.put(ATHLETE, run(id, fields));
  const title = JSON.stringify(fields);
  await deliver(scene, scene.fake.event(ATHLETE, String(id), aspect, { title }));
  await drained(scene.t);
}

/** What arrived late, as somebody reads it who may decide. */
export const listFor = async (
  { challengeId }: StravaScene,
  { as }: Member,
  status: "open" | "accepted" | "dismissed" = "open",
) => (await as.query(api.queries.stravaLate.list, { challengeId, status, paginationOpts })).page;

/** What arrived late of somebody, as they read it. */
export const mineOf = async ({ as }: Member) =>
  (await as.query(api.queries.stravaLate.mine, { paginationOpts })).page;

/** The only one that waits as late. */
export async function onlyLate(scene: StravaScene): Promise<Id<"stravaLateActivities">> {
  const [late, ...others] = await listFor(scene, scene.admin);
  if (late === undefined || others.length > 0) throw new Error("not one that is late");
  return late.lateId;
}

/** The organiser decides about one that is late. */
export const decide = async (
  { admin }: StravaScene,
  wish: {
    lateId: Id<"stravaLateActivities">;
    isAccepted: boolean;
    reason?: string;
    requestId?: string;
  },
) =>
  await admin.as.mutation(api.mutations.stravaLate.decide, { reason: "Phone was flat", ...wish });

/** Somebody's points. */
export const totalOf = async (scene: StravaScene, who: Member) =>
  (await accountOf(scene, who)).standing.totalPoints;

/** The nightly list comes. */
export async function listed({ t }: StravaScene): Promise<void> {
  await t.mutation(internal.mutations.stravaWebhook.reconcile, { after: 0 });
  await drained(t);
}
