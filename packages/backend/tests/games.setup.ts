import type { FunctionArgs } from "convex/server";
import { vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Doc, Id } from "../_generated/dataModel";
import type { TestBackend } from "./backend.setup";
import { joined, km, log, type Member, newScene, type Scene } from "./ledger.setup";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

type Settings = FunctionArgs<typeof api.mutations.miniGames.create>["settings"];

/** A challenge with players who have logged, and a draft of a game from 8 to 14 June; it is noon of the 10th. */
export interface GameScene extends Scene {
  gameId: Id<"miniGames">;
  players: Member[];
}

/** Logs so many points for somebody on a day. */
export async function earn(scene: Scene, who: Member, points: number, loggedDate: string) {
  await log(scene, who, { loggedDate, metrics: km(points / 10) });
}

/** A game for so many people, without a streak bonus; the first has earned most, on 5 June. */
export async function newGame(
  settings: Settings,
  count: number,
  fields: Partial<FunctionArgs<typeof api.mutations.challenges.create>> = {},
): Promise<GameScene> {
  const scene = await newScene({ streakBonus: "none", ...fields });
  const { t, challengeId, admin, ada, bob } = scene;
  const { joinCode = "" } = await admin.as.query(api.queries.challenges.get, { challengeId });
  const players = [admin, ada, bob];
  while (players.length < count)
    players.push(await joined(t, joinCode, `Player ${players.length}`));
  for (const { as } of players.splice(count))
    if (as !== admin.as) await as.mutation(api.mutations.challenges.leave, { challengeId });
  for (const [index, player] of players.entries())
    await earn(scene, player, (count - index) * 10, "2026-06-05");
  const { gameId } = await admin.as.mutation(api.mutations.miniGames.create, {
    challengeId,
    name: "The game",
    startsOn: "2026-06-08",
    endsOn: "2026-06-14",
    settings,
  });
  return { ...scene, gameId, players };
}

/** Runs everything that is scheduled, one thing after the other, until nothing is left. */
export async function runAll(t: TestBackend): Promise<void> {
  await t.finishAllScheduledFunctions(() => vi.advanceTimersByTime(250));
}

/** Names of the functions a settlement, a snapshot or a reversal consists of. */
const OURS = /snapshots|miniGameSteps/;

/** What of games and snapshots is scheduled and has not begun. */
export async function pendingSteps(t: TestBackend): Promise<Array<Id<"_scheduled_functions">>> {
  return await t.run(async (ctx) => {
    const all = await ctx.db.system.query("_scheduled_functions").collect();
    const waiting = all.filter(({ state, name }) => state.kind === "pending" && OURS.test(name));
    return waiting.map(({ _id }) => _id);
  });
}

/** Takes everything away that games and snapshots have scheduled, as if the deployment had lost it. */
export async function loseSteps(t: TestBackend): Promise<number> {
  const lost = await pendingSteps(t);
  await t.run(async (ctx) => {
    for (const id of lost) await ctx.scheduler.cancel(id);
  });
  return lost.length;
}

/** Runs what is scheduled now, and not what that schedules. */
export async function runOnce(t: TestBackend): Promise<void> {
  vi.advanceTimersByTime(1);
  await t.finishInProgressScheduledFunctions();
}

/** Makes it so many ms later, without what was scheduled in between. */
export function later(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

/** The cron, once. */
export async function sweep(t: TestBackend): Promise<void> {
  await t.mutation(internal.mutations.miniGameSteps.sweep, {});
}

export const startGame = async ({ admin, gameId }: GameScene) =>
  await admin.as.mutation(api.mutations.miniGames.start, { gameId });
export const endGame = async ({ admin, gameId }: GameScene) =>
  await admin.as.mutation(api.mutations.miniGames.end, { gameId });

/** Starts a game and lets it become active. */
export async function started(scene: GameScene): Promise<GameScene> {
  await startGame(scene);
  await runAll(scene.t);
  return scene;
}

export async function gameOf({ t, gameId }: GameScene): Promise<Doc<"miniGames">> {
  const game = await t.run(async (ctx) => await ctx.db.get("miniGames", gameId));
  if (game === null) throw new Error("no game");
  return game;
}

/** Everybody's total, in the order of the players. */
export async function totalsOf({ t, challengeId, players }: GameScene): Promise<number[]> {
  const totals = [];
  for (const { userId } of players) {
    const row = await t.run((ctx) =>
      ctx.db
        .query("standings")
        .withIndex("by_challengeId_and_userId", (q) =>
          q.eq("challengeId", challengeId).eq("userId", userId),
        )
        .unique(),
    );
    totals.push(row?.totalPoints ?? Number.NaN);
  }
  return totals;
}

/** What the game gave, by player in the order of its start. */
export async function resultsOf({ admin, gameId }: GameScene) {
  const answer = await admin.as.query(api.queries.miniGames.results, { gameId, limit: 50 });
  return answer?.page ?? null;
}

export const PARTNER = { kind: "partnerWeek" } as const;
export const HUNT = { kind: "huntWeek" } as const;
export const RECORD = { kind: "prWeek" } as const;

/** Plays a few days: everybody logs, the last one most. */
export async function play(scene: GameScene): Promise<void> {
  for (const [index, player] of scene.players.entries()) {
    await earn(scene, player, 15 + index * 30, "2026-06-09");
    await earn(scene, player, 20, "2026-06-10");
  }
  await runAll(scene.t);
}

export async function verified({ t, challengeId }: GameScene): Promise<unknown[]> {
  return (await t.query(internal.queries.maintenance.verifyPage, { challengeId })).findings;
}

/** The points each player of a page gets, by their position. */
export const pointsIn = (
  page: ReadonlyArray<{ position: number; points: number }> | null | undefined,
) => page?.map(({ position, points }) => [position, points]);
