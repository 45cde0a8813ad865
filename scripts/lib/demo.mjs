import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, internal } from "@milepost/backend/api";
import { connect, inParallel, patiently } from "./client.mjs";
import { planDemo, plannedDay } from "./demo-plan.mjs";
import { ensureAchievements, ensureTypes, playGames } from "./demo-rules.mjs";
import { playScenes } from "./demo-scenes.mjs";
import { requestIdFor } from "./random.mjs";
import { readState, updateState } from "./start-state.mjs";

/** Calls in flight at once: enough to keep the deployment busy, few enough for a visitor not to notice. */
const WIDTH = 4;
const CHUNK = 100;

/** @typedef {import("convex/values").GenericId<"challenges">} ChallengeId */
/** @typedef {ReturnType<typeof connect>} Connection */
/** @typedef {ReturnType<typeof planDemo>} Plan */
/** @typedef {import("./demo-plan.mjs").PlannedPerson & {userId: import("convex/values").GenericId<"users">}} Person */
/** @typedef {{connection: Connection, challengeId: ChallengeId, organiser: import("./client.mjs").Caller}} Demo */

/**
 * Makes the person unless an earlier, interrupted start did.
 * @param {Connection} connection @param {import("./demo-plan.mjs").PlannedPerson} person
 * @returns {Promise<Person>}
 */
async function ensurePerson({ admin }, person) {
  const { displayName, email } = person;
  const found = await admin.query(internal.queries.admin.findPerson, { email });
  const { userId } =
    found ??
    (await admin.mutation(internal.mutations.admin.createPerson, {
      displayName,
      email,
      isDemo: true,
    }));
  return { ...person, userId };
}

/**
 * Makes the challenge unless an earlier start did; answers the days it really has.
 * @param {Connection} connection @param {Plan["challenge"]} challenge @param {Person} organiser
 */
async function ensureChallenge(connection, challenge, organiser) {
  const caller = connection.as(organiser.userId);
  const mine = await caller.query(api.queries.challenges.mine, {});
  const found = mine.find(({ name }) => name === challenge.name);
  if (found !== undefined) return { challengeId: found.challengeId, startsOn: found.startsOn };
  const { challengeId } = await caller.mutation(api.mutations.challenges.create, challenge);
  return { challengeId, startsOn: challenge.startsOn };
}

/**
 * Somebody joins and brings what they did earlier as an archive.
 * @param {Demo} demo @param {Person} person
 */
async function joinWithHistory({ connection, challengeId }, person) {
  const caller = connection.as(person.userId);
  await caller.mutation(api.mutations.challenges.join, { challengeId });
  const rows = person.imported.map(({ sport, title, day, startedAt, metrics }, index) => ({
    externalId: `${index + 1}`,
    sport,
    title,
    startedAt,
    metrics,
    loggedDate: day,
  }));
  for (let from = 0; from < rows.length; from += CHUNK) {
    await caller.mutation(api.mutations.imports.importActivities, {
      challengeId,
      source: "archive",
      rows: rows.slice(from, from + CHUNK),
      requestId: requestIdFor(`demo import ${challengeId} ${person.email} ${from}`),
    });
  }
}

/**
 * What everybody logged by hand in the last days, oldest first, so that the board moves as it did. The ranks of before
 * the last day are taken in between, so that it shows who moved since.
 * @param {Demo} demo @param {Person[]} people @param {import("./demo-rules.mjs").TypeIds} typeIds
 * @param {string} lastDay
 */
async function logRecentDays(demo, people, typeIds, lastDay) {
  const logs = people.flatMap((person) => person.logged.map((activity) => ({ person, activity })));
  logs.sort((a, b) => a.activity.startedAt - b.activity.startedAt);
  const before = logs.filter(({ activity }) => activity.day < lastDay);
  const since = logs.filter(({ activity }) => activity.day >= lastDay);
  await logAll(demo, before, typeIds);
  await demo.connection.admin.mutation(internal.mutations.rankWalks.startAll, {});
  await logAll(demo, since, typeIds);
}

/** @typedef {{person: Person, activity: Person["logged"][number]}} Log */

/** @param {Demo} demo @param {Log[]} logs @param {import("./demo-rules.mjs").TypeIds} typeIds */
async function logAll({ connection, challengeId }, logs, typeIds) {
  await inParallel(logs, WIDTH, async ({ person, activity }) => {
    const { type, variant, day, metrics, title, startedAt } = activity;
    const activityTypeId = typeIds.get(type);
    if (activityTypeId === undefined) throw new Error(`the demo has no type ${type}`);
    const purpose = `demo log ${challengeId} ${person.email} ${type} ${startedAt}`;
    const log = {
      challengeId,
      activityTypeId,
      loggedDate: day,
      metrics,
      ...(variant === undefined ? {} : { variant }),
      notes: title,
      requestId: requestIdFor(purpose),
    };
    // Who has much to log is asked to wait.
    await patiently(() => connection.as(person.userId).mutation(api.mutations.activities.log, log));
  });
}

/** The organiser's key to the HTTP API, for its command line client: in a file only its owner can read. @param {string} dataDir */
export const demoKeyFile = (dataDir) => join(dataDir, "demo-key");

/** Makes that key unless there is one. @param {Demo} demo @param {string} dataDir */
async function ensureKey({ organiser, challengeId }, dataDir) {
  if (existsSync(demoKeyFile(dataDir))) return;
  const { key } = await organiser.mutation(api.mutations.apiKeys.create, {
    challengeId,
    name: "Command line",
    scopes: ["read", "log", "admin"],
  });
  writeFileSync(demoKeyFile(dataDir), `${key}\n`, { mode: 0o600 });
}

/**
 * Makes the demo's people and its challenge, which takes a moment, and answers the longer rest as a function: rules,
 * joins, imports, logs, what organisers decide and mini-games, all through the doors everybody uses. Every step can be repeated, so a killed start goes on, with
 * the days of the first one.
 * @param {import("./embedded.mjs").Deployment} deployment
 * @param {string} today YYYY-MM-DD
 */
async function prepareDemo(deployment, today) {
  const connection = connect(deployment);
  const { challenge, people: planned } = planDemo(today);
  // One after the other: the first ones made are the ones the sign-in page offers.
  for (const person of planned) await ensurePerson(connection, person);
  const [first] = planned;
  if (first === undefined) throw new Error("the demo has no people");
  const organiser = await ensurePerson(connection, first);
  const { challengeId, startsOn } = await ensureChallenge(connection, challenge, organiser);
  const demo = { connection, challengeId, organiser: connection.as(organiser.userId) };
  await ensureKey(demo, deployment.dataDir);
  return async () => {
    const plan = planDemo(plannedDay(startsOn));
    const people = await inParallel(plan.people, WIDTH, (person) =>
      ensurePerson(connection, person),
    );
    const typeIds = await ensureTypes(demo);
    await ensureAchievements(demo, typeIds);
    await inParallel(people, WIDTH, (person) => joinWithHistory(demo, person));
    await logRecentDays(demo, people, typeIds, plan.days.today);
    await playScenes(demo, people, { typeIds, day: plan.days.yesterday });
    await playGames(demo, plan.days);
    return { activities: plan.people.reduce((n, p) => n + p.imported.length + p.logged.length, 0) };
  };
}

/**
 * Seeds the demo of a data folder that is to have one and has not got all of it yet: people and challenge at once, the
 * rest by the function it answers, which a visitor may watch. A failure there costs the demo's rows, never the server.
 * @param {import("./embedded.mjs").Deployment} deployment
 * @returns {Promise<(() => Promise<void>) | null>}
 */
export async function seedDemo(deployment) {
  if (readState(deployment.dataDir).demo !== "seeding") return null;
  const fill = await prepareDemo(deployment, new Date().toISOString().slice(0, 10));
  return async () => {
    try {
      const { activities } = await fill();
      updateState(deployment.dataDir, { demo: "ready" });
      console.log(`The demo challenge is complete: ${activities} activities.`);
    } catch (error) {
      if (deployment.isStopping()) return;
      console.error("The demo challenge is incomplete; the next start goes on with it.", error);
    }
  };
}
