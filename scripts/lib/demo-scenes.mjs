// What organisers have to look after in the demo challenge: flags, a held row, a removal with an appeal, an adjustment.
import { api } from "@milepost/backend/api";
import { patiently } from "./client.mjs";
import { requestIdFor } from "./random.mjs";

/** @typedef {import("./demo.mjs").Demo} Demo */
/** @typedef {import("./demo.mjs").Person} Person */
/** @typedef {import("./demo-rules.mjs").TypeIds} TypeIds */

/**
 * @param {Demo} demo @param {Person[]} people @param {{typeIds: TypeIds, day: string}} options day: when it all happened
 */
export async function playScenes(demo, people, { typeIds, day }) {
  const [, tariq, meiLin, oskar, amara, joaquin] = people;
  const last = people.at(-1);
  if (!tariq || !meiLin || !oskar || !amara || !joaquin || !last) throw new Error("too few people");
  const scene = { demo, typeIds, day };
  await flagged(scene, { runner: tariq, doubter: meiLin });
  await held(scene, oskar);
  await removed(scene, amara);
  await adjusted(demo, joaquin);
  const { challengeId } = demo;
  await as(demo, last).mutation(api.mutations.participations.setRanked, {
    challengeId,
    ranked: false,
  });
}

/** @typedef {{demo: Demo, typeIds: TypeIds, day: string}} Scene */

/** @param {Demo} demo @param {Person} person */
const as = ({ connection }, { userId }) => connection.as(userId);

/**
 * Logs a run of 10 km, once however often it is asked for.
 * @param {Scene} scene @param {Person} person @param {{notes: string, minutes: number}} run
 */
async function logRun({ demo, typeIds, day }, person, { notes, minutes }) {
  const activityTypeId = typeIds.get("Run");
  if (activityTypeId === undefined) throw new Error("the demo has no runs");
  const { activityId } = await patiently(() =>
    as(demo, person).mutation(api.mutations.activities.log, {
      challengeId: demo.challengeId,
      activityTypeId,
      loggedDate: day,
      metrics: { distance_m: 10_000, moving_s: minutes * 60, duration_s: minutes * 60 },
      notes,
      requestId: requestIdFor(`demo scene ${demo.challengeId} ${notes}`),
    }),
  );
  return activityId;
}

/**
 * A run faster than the world record, which the system flags; somebody else does as well.
 * @param {Scene} scene @param {{runner: Person, doubter: Person}} people
 */
async function flagged(scene, { runner, doubter }) {
  const activityId = await logRun(scene, runner, { notes: "The watch went wild", minutes: 20 });
  await as(scene.demo, doubter).mutation(api.mutations.moderation.flag, {
    activityId,
    reason: "IMPLAUSIBLE",
    text: "10 km in 20 minutes? I think this was the tram.",
  });
}

/**
 * The watch's archive has a run that was also logged by hand: it waits for a decision.
 * @param {Scene} scene @param {Person} runner
 */
async function held(scene, runner) {
  const { demo, day } = scene;
  await logRun(scene, runner, { notes: "Run to the lake", minutes: 52 });
  await as(demo, runner).mutation(api.mutations.imports.importActivities, {
    challengeId: demo.challengeId,
    source: "archive",
    rows: [
      {
        externalId: "watch-1",
        sport: "Run",
        title: "Afternoon Run",
        startedAt: Date.parse(`${day}T15:04:00Z`),
        loggedDate: day,
        metrics: { distance_m: 10_020, moving_s: 3_130, duration_s: 3_200 },
      },
    ],
    requestId: requestIdFor(`demo held ${demo.challengeId}`),
  });
}

/**
 * An organiser removes a run, says why, and its person appeals.
 * @param {Scene} scene @param {Person} runner
 */
async function removed(scene, runner) {
  const { demo } = scene;
  const activityId = await logRun(scene, runner, {
    notes: "Treadmill while watching a film",
    minutes: 61,
  });
  await demo.organiser.mutation(api.mutations.activities.remove, {
    activityId,
    reason: "Indoor runs do not count: the challenge is called Outside.",
    requestId: requestIdFor(`demo remove ${demo.challengeId}`),
  });
  const runnerCalls = as(demo, runner);
  const { comments, mayAppeal } = await runnerCalls.query(api.queries.moderation.review, {
    activityId,
  });
  if (comments.length === 0) {
    await demo.organiser.mutation(api.mutations.moderation.comment, {
      activityId,
      audience: "participant",
      text: "Nice run all the same! The next one in the park?",
    });
  }
  if (mayAppeal) {
    const text = "The treadmill stands on the balcony.";
    await runnerCalls.mutation(api.mutations.moderation.appeal, { activityId, text });
  }
}

/** Points by hand. @param {Demo} demo @param {Person} helper */
async function adjusted({ organiser, challengeId }, helper) {
  await organiser.mutation(api.mutations.moderation.adjust, {
    challengeId,
    userId: helper.userId,
    points: 25,
    reason: "Handed out water at the park run instead of running.",
    requestId: requestIdFor(`demo adjust ${challengeId}`),
  });
}
