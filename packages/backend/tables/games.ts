import { defineTable } from "convex/server";
import { type Infer, v } from "convex/values";

/** A kind of game with what it pays; percentages and points are whole numbers. */
export const gameSettingsValidator = v.union(
  /** Everybody gets a share of what their partner earned during the game. */
  v.object({ kind: v.literal("partnerWeek"), sharePercent: v.number() }),
  /** Points for finishing above the one who was right above at the start, and taken for being passed from below. */
  v.object({ kind: v.literal("huntWeek"), catchPoints: v.number(), caughtPoints: v.number() }),
  /** Points for a day that beats every earlier one of the challenge. */
  v.object({ kind: v.literal("prWeek"), recordPoints: v.number() }),
);
export type GameSettings = Infer<typeof gameSettingsValidator>;

/** The same as an organiser asks for it: what is left out gets its default. */
export const gameWishValidator = v.union(
  v.object({ kind: v.literal("partnerWeek"), sharePercent: v.optional(v.number()) }),
  v.object({
    kind: v.literal("huntWeek"),
    catchPoints: v.optional(v.number()),
    caughtPoints: v.optional(v.number()),
  }),
  v.object({ kind: v.literal("prWeek"), recordPoints: v.optional(v.number()) }),
);
export type GameWish = Infer<typeof gameWishValidator>;

export const gameStatusValidator = v.union(
  v.literal("draft"),
  v.literal("active"),
  v.literal("settling"),
  v.literal("completed"),
  /** Its points are being taken back; cancelled after that. */
  v.literal("reversing"),
  v.literal("cancelled"),
);

/** Why a game is cancelled: somebody asked (before or after its points were given), or it could not start in time. */
export const cancelReasonValidator = v.union(
  v.literal("asked"),
  v.literal("reversed"),
  v.literal("missed"),
  v.literal("final"),
  v.literal("tooManyPlayers"),
);
export type CancelReason = Infer<typeof cancelReasonValidator>;

/** What a person's points of a game are made of. */
export const gameLineValidator = v.object({
  kind: v.union(
    v.literal("partnerShare"),
    v.literal("caughtPrey"),
    v.literal("caughtByHunter"),
    v.literal("newRecord"),
  ),
  points: v.number(),
});
export type GameLine = Infer<typeof gameLineValidator>;

/** Whom somebody plays with or against. */
export const counterpartRoleValidator = v.union(
  v.literal("partner"),
  v.literal("prey"),
  v.literal("hunter"),
);

/**
 * What a person earned by their own activities (system rows excluded) in a game's days, and their best days in them and
 * before; null where there is no day with an activity.
 */
export const figuresValidator = v.object({
  points: v.number(),
  bestDay: v.union(v.number(), v.null()),
  bestDayBefore: v.union(v.number(), v.null()),
});
export type Figures = Infer<typeof figuresValidator>;

/** How a person's part in a settled game ended; `failed` names the refusal that kept their points from them. */
export const gameResultStateValidator = v.union(
  v.literal("measured"),
  v.literal("settled"),
  v.literal("skipped"),
  v.literal("failed"),
  v.literal("reversed"),
);

export const gameTables = {
  /** A game of a challenge; written by lib/games. Days are calendar days of the challenge, both inside it. */
  miniGames: defineTable({
    challengeId: v.id("challenges"),
    name: v.string(),
    settings: gameSettingsValidator,
    startsOn: v.string(),
    endsOn: v.string(),
    status: gameStatusValidator,
    /** UTC ms at which the clock starts or ends it next; null when that is asked for or done. */
    dueAt: v.union(v.number(), v.null()),
    /** Set when the start, or the end, is asked for; the status follows once the snapshot is complete. */
    startSnapshotId: v.union(v.id("snapshots"), v.null()),
    endSnapshotId: v.union(v.id("snapshots"), v.null()),
    /** People in the start snapshot. */
    players: v.number(),
    /** Players whose points could not be given or taken back. */
    failures: v.number(),
    completedAt: v.union(v.number(), v.null()),
    cancelledBecause: v.union(cancelReasonValidator, v.null()),
  })
    .index("by_challengeId", ["challengeId"])
    .index("by_dueAt", ["dueAt"]),
  /**
   * Where the settlement or the reversal of a game stands, while one is under way; written by lib/gameSteps; one per
   * game. Apart from the game, so that its steps do not run everybody's queries again.
   */
  miniGameWork: defineTable({
    gameId: v.id("miniGames"),
    phase: v.union(v.literal("measure"), v.literal("settle"), v.literal("reverse")),
    /** Position in the start snapshot of the next player, from 1. */
    next: v.number(),
    failures: v.number(),
    /** How often the step that is next was lost. */
    tries: v.number(),
    /** UTC ms of the last step; when it is old the chain was lost. */
    beatAt: v.number(),
  })
    .index("by_gameId", ["gameId"])
    .index("by_beatAt", ["beatAt"]),
  /** What a game gave one of its players; written by lib/gameSteps; unique by gameId and position, and by gameId and userId. */
  miniGameResults: defineTable({
    gameId: v.id("miniGames"),
    userId: v.id("users"),
    /** In the start snapshot. */
    position: v.number(),
    /** Frozen when the game ended; null in games that do not ask for them. */
    figures: v.union(figuresValidator, v.null()),
    state: gameResultStateValidator,
    points: v.number(),
    lines: v.array(gameLineValidator),
    /** Code of the refusal, when `failed`. */
    problem: v.optional(v.string()),
  })
    .index("by_gameId_and_position", ["gameId", "position"])
    .index("by_gameId_and_userId", ["gameId", "userId"]),
};
