// What the demo challenge has beside the starter types: rules of every kind, achievements and mini-games.
import { api } from "@milepost/backend/api";
import { patiently } from "./client.mjs";

/** How long a mini-game may take from one state to the next, in milliseconds. */
const GAME_PATIENCE_MS = 60_000;

/** @typedef {import("./demo.mjs").Demo} Demo */
/** @typedef {Map<string, import("convex/values").GenericId<"activityTypes">>} TypeIds by name */

/** @type {Array<Omit<import("convex/server").FunctionArgs<typeof api.mutations.activityTypes.create>, "challengeId">>} */
const TYPES = [
  {
    name: "Steps",
    category: "Habits",
    scoring: {
      kind: "perUnit",
      metric: "steps",
      unit: "each",
      // One point for every 200 steps.
      pointsPerUnit: 0.005,
    },
    bonuses: [
      {
        kind: "oncePerDay",
        metric: "steps",
        unit: "each",
        atLeast: 8_000,
        points: 10,
        label: "8,000 steps at once",
      },
    ],
    limits: { maxPointsPerDay: 60, maxPerDay: 4 },
    contributesToStreak: false,
  },
  {
    name: "Climbing",
    category: "Workout",
    scoring: {
      kind: "variants",
      options: [
        {
          key: "boulder",
          label: "Bouldering",
          scoring: { kind: "perUnit", metric: "duration_s", unit: "minute", pointsPerUnit: 0.6 },
        },
        {
          key: "multiPitch",
          label: "Multi-pitch",
          scoring: { kind: "fixed", points: 90 },
          when: { metric: "duration_s", unit: "hour", op: "atLeast", value: 2 },
        },
      ],
      default: "boulder",
    },
    contributesToStreak: true,
  },
];

/** Makes the types that are not there yet. @param {Demo} demo @returns {Promise<TypeIds>} */
export async function ensureTypes({ organiser, challengeId }) {
  const list = () => organiser.query(api.queries.activityTypes.list, { challengeId });
  const known = new Set((await list()).map(({ name }) => name));
  for (const type of TYPES.filter(({ name }) => !known.has(name))) {
    await organiser.mutation(api.mutations.activityTypes.create, { challengeId, ...type });
  }
  return new Map((await list()).map(({ name, activityTypeId }) => [name, activityTypeId]));
}

/**
 * @param {TypeIds} typeIds
 * @returns {Array<Omit<import("convex/server").FunctionArgs<typeof api.mutations.achievements.create>, "challengeId">>}
 */
function achievements(typeIds) {
  /** @param {string} name */
  const type = (name) => {
    const activityTypeId = typeIds.get(name);
    if (activityTypeId === undefined) throw new Error(`the demo has no type ${name}`);
    return activityTypeId;
  };
  const distance = /** @type {const} */ ({ metric: "distance_m", unit: "km" });
  return [
    {
      name: "Half-marathoner",
      description: "Run 21.0975 km at once.",
      criteria: {
        kind: "count",
        activityTypeIds: [type("Run")],
        times: 1,
        measure: { ...distance, atLeast: 21.0975 },
      },
      frequency: "oncePerChallenge",
      points: 50,
    },
    {
      name: "A hundred kilometres",
      description: "By any means; a kilometre by bike counts for a quarter.",
      criteria: {
        kind: "cumulative",
        ...distance,
        atLeast: 100,
        types: [
          { activityTypeId: type("Run"), factor: 1 },
          { activityTypeId: type("Walk"), factor: 1 },
          { activityTypeId: type("Ride"), factor: 0.25 },
        ],
      },
      frequency: "perQualifyingSet",
      points: 40,
    },
    {
      name: "All-rounder of the week",
      description: "Two different sports in one week.",
      criteria: {
        kind: "distinctTypes",
        activityTypeIds: ["Run", "Ride", "Row", "Swim", "Walk", "Yoga", "Strength training"].map(
          type,
        ),
        times: 2,
      },
      frequency: "oncePerWeek",
      points: 15,
    },
    {
      name: "Triathlete",
      description: "Swim, ride and run.",
      criteria: { kind: "oneOfEach", activityTypeIds: [type("Swim"), type("Ride"), type("Run")] },
      frequency: "oncePerChallenge",
      points: 60,
    },
  ];
}

/** Makes the achievements that are not there yet. @param {Demo} demo @param {TypeIds} typeIds */
export async function ensureAchievements({ organiser, challengeId }, typeIds) {
  const made = await organiser.query(api.queries.achievements.list, { challengeId });
  const known = new Set(made.map(({ name }) => name));
  for (const wish of achievements(typeIds).filter(({ name }) => !known.has(name))) {
    await organiser.mutation(api.mutations.achievements.create, { challengeId, ...wish });
  }
}

/**
 * A game that is settled and one that is on, both from today's board.
 * @param {Demo} demo @param {{weekAgo: string, today: string, inAWeek: string}} days
 */
export async function playGames(demo, { weekAgo, today, inAWeek }) {
  const partner = { name: "Partner week", startsOn: weekAgo, endsOn: inAWeek };
  const hunt = { name: "Hunt week", startsOn: today, endsOn: inAWeek };
  await ensureGame(demo, { ...partner, settings: { kind: "partnerWeek" } });
  await move(demo, partner.name, { from: "draft", by: api.mutations.miniGames.start });
  await move(demo, partner.name, { from: "active", by: api.mutations.miniGames.end });
  await settled(demo, partner.name);
  await ensureGame(demo, { ...hunt, settings: { kind: "huntWeek" } });
  await move(demo, hunt.name, { from: "draft", by: api.mutations.miniGames.start });
}

/** @param {Demo} demo @param {string} name */
async function gameOf({ organiser, challengeId }, name) {
  const games = await organiser.query(api.queries.miniGames.list, { challengeId });
  return games.find((game) => game.name === name);
}

/**
 * @param {Demo} demo
 * @param {Omit<import("convex/server").FunctionArgs<typeof api.mutations.miniGames.create>, "challengeId">} draft
 */
async function ensureGame(demo, draft) {
  if ((await gameOf(demo, draft.name)) !== undefined) return;
  const { organiser, challengeId } = demo;
  await organiser.mutation(api.mutations.miniGames.create, { challengeId, ...draft });
}

/**
 * Starts or ends a game unless that was done before, and waits until it has happened.
 * @param {Demo} demo @param {string} name
 * @param {{from: string, by: typeof api.mutations.miniGames.start}} step
 */
async function move(demo, name, { from, by }) {
  const game = await gameOf(demo, name);
  if (game?.status !== from) return;
  if (!game.isChanging) await patiently(() => demo.organiser.mutation(by, { gameId: game.gameId }));
  await untilGame(demo, name, (status) => status !== from);
}

/** @param {Demo} demo @param {string} name */
const settled = (demo, name) => untilGame(demo, name, (status) => status !== "settling");

/** @param {Demo} demo @param {string} name @param {(status: string) => boolean} isThere */
async function untilGame(demo, name, isThere) {
  for (const end = Date.now() + GAME_PATIENCE_MS; Date.now() < end;) {
    const game = await gameOf(demo, name);
    if (game !== undefined && isThere(game.status)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${name} did not go on`);
}
