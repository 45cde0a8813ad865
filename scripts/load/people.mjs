// A process of virtual people, forked by `npm run load`: the server's work is not hidden by that of its clients.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { refusalText } from "../lib/client.mjs";
import { answerCalls } from "./calls.mjs";
import { Person } from "./person.mjs";
import { ranksOf, staleParts } from "./screens.mjs";
import { Sightings } from "./sightings.mjs";

/** How often somebody who turns pages does so. */
const BROWSE_MS = 10_000;
/** @type {Array<import("./person.mjs").View>} */
const VIEWS = ["twoPages", "week", "total"];

/** @typedef {import("./person.mjs").UserId} UserId */
/** @typedef {{number: number, userId: UserId, isBrowser: boolean}} Member `number` is that of the plan */
/**
 * @typedef {object} Done what became of a deed
 * @property {UserId} userId
 * @property {"log" | "import"} kind
 * @property {number} sentAtMs UTC
 * @property {number} lateMs after it was due
 * @property {number} tookMs until it was answered
 * @property {number} [activities] how many it made
 * @property {number} [totalPoints] the person's after a log
 * @property {string} [error] why it was not done
 */

/** @type {Map<number, Person>} */
const people = new Map();
/** @type {Person[]} */
const browsers = [];
/** Of everybody who stays on the first page. @type {Map<Person, Sightings>} */
const screens = new Map();
const delay = monitorEventLoopDelay({ resolution: 10 });

/** @param {{deployment: Parameters<typeof import("../lib/client.mjs").openClient>[0], place: import("./person.mjs").Place, leaders: UserId[], members: Member[]}} args */
async function enter({ deployment, place, leaders, members }) {
  await Promise.all(
    members.map(async ({ number, userId, isBrowser }) => {
      const sightings = new Sightings(leaders);
      const person = new Person(deployment, place, userId, (rows) => {
        if (!isBrowser) sightings.note(rows, Date.now());
      });
      people.set(number, person);
      if (isBrowser) browsers.push(person);
      else screens.set(person, sightings);
      await person.open();
    }),
  );
}

/** @param {import("./plan.mjs").Deed} deed @param {number} startAtMs @returns {Promise<Done>} */
async function act({ person: number, kind, atMs }, startAtMs) {
  const person = people.get(number);
  if (person === undefined) throw new Error(`person ${number} is not here`);
  const sentAtMs = Date.now();
  const done = { userId: person.userId, kind, sentAtMs, lateMs: sentAtMs - startAtMs - atMs };
  try {
    if (kind === "import") {
      const activities = await person.importChunk(Math.floor(atMs));
      return { ...done, tookMs: Date.now() - sentAtMs, activities };
    }
    const { totalPoints } = await person.log();
    return { ...done, tookMs: Date.now() - sentAtMs, activities: 1, totalPoints };
  } catch (error) {
    return { ...done, tookMs: Date.now() - sentAtMs, error: refusalText(error) ?? String(error) };
  }
}

/**
 * Plays the deeds of people who are here while others turn pages; resolves when everything is answered.
 * @param {{deeds: Array<import("./plan.mjs").Deed>, startAtMs: number, seconds: number}} args
 */
async function play({ deeds, startAtMs, seconds }) {
  delay.enable();
  const cpu = process.cpuUsage();
  let turn = 0;
  const browsing = setInterval(
    () => {
      const person = browsers[turn % Math.max(1, browsers.length)];
      const view = VIEWS[Math.floor(turn / Math.max(1, browsers.length)) % VIEWS.length];
      turn += 1;
      if (person !== undefined && view !== undefined) void person.lookAt(view);
    },
    BROWSE_MS / Math.max(1, browsers.length),
  );
  const done = await Promise.all(
    deeds.map(async (deed) => {
      await new Promise((resolve) => setTimeout(resolve, startAtMs + deed.atMs - Date.now()));
      return await act(deed, startAtMs);
    }),
  );
  const end = startAtMs + seconds * 1000 - Date.now();
  if (end > 0) await new Promise((resolve) => setTimeout(resolve, end));
  clearInterval(browsing);
  delay.disable();
  for (const person of people.values()) person.settle();
  const { user, system } = process.cpuUsage(cpu);
  return { done, cpuSeconds: (user + system) / 1e6, loopDelayMs: delay.percentile(99) / 1e6 };
}

/** What of whose screen is not as the boards are; a rank is asked for again first. @param {import("./screens.mjs").Boards} boards */
async function findStale(boards) {
  const ranks = { total: ranksOf(boards.total), week: ranksOf(boards.week) };
  const stale = [];
  for (const person of people.values()) {
    let parts = staleParts(person, boards, ranks);
    if (parts.length === 1 && parts[0] === "rank") {
      await person.askRank();
      parts = staleParts(person, boards, ranks);
    }
    if (parts.length > 0) stale.push({ userId: person.userId, parts });
  }
  return stale;
}

/** How long after each log the screens here showed it. @param {import("./sightings.mjs").Shown[]} logs */
function delaysOf(logs) {
  const delays = [];
  let missing = 0;
  for (const [person, sightings] of screens) {
    const ofOthers = logs.filter(({ userId }) => userId !== person.userId);
    const found = sightings.delaysOf(ofOthers);
    delays.push(...found.delays);
    missing += found.missing;
  }
  return { delays, missing };
}

/** Sums over everybody here, all of them back on the total. */
async function sums() {
  await Promise.all(browsers.map((person) => person.lookAt("total")));
  const all = [...people.values()];
  return {
    activities: all.reduce((sum, { own }) => sum + (own?.activityCount ?? 0), 0),
    rankAsks: all.reduce((sum, { rankAsks }) => sum + rankAsks, 0),
    cutOff: all.filter(({ connections }) => connections > 1).length,
    problems: all.flatMap(({ problems }) => problems),
  };
}

const handlers = { enter, play, findStale, delaysOf, sums };
/** @typedef {typeof handlers} Handlers */
answerCalls(handlers);
// Who started it is gone, however that came about.
process.on("disconnect", () => process.exit());
