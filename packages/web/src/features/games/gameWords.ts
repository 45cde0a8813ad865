import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { formatPoints, formatSigned } from "../../lib/format";

/** A mini-game as its list answers it. */
export type Game = FunctionReturnType<typeof api.queries.miniGames.list>[number];
export type Settings = Game["settings"];
export type GameKind = Settings["kind"];
type Viewer = NonNullable<FunctionReturnType<typeof api.queries.miniGames.get>["viewer"]>;
export type Counterpart = Viewer["counterparts"][number];
export type Result = NonNullable<
  FunctionReturnType<typeof api.queries.miniGames.results>
>["page"][number];
export type Line = Result["lines"][number];

export const GAME_KINDS = ["partnerWeek", "huntWeek", "prWeek"] as const satisfies GameKind[];

const KIND_NAMES: Record<GameKind, string> = {
  partnerWeek: "Partners",
  huntWeek: "Hunt",
  prWeek: "Best day",
};

/** What a kind of game is called. */
export function kindName(kind: GameKind): string {
  return KIND_NAMES[kind];
}

/** What a kind of game is about, in one sentence. */
export const KIND_HINTS: Record<GameKind, string> = {
  partnerWeek: "Everybody earns a share of what their partner earns.",
  huntWeek: "Overtake the person right above you, and stay ahead of the one below.",
  prWeek: "Have a day that is better than all your days before.",
};

/** The rules of a game, one sentence each. */
export function gameRules(settings: Settings): string[] {
  switch (settings.kind) {
    case "partnerWeek":
      return [
        "At the start the first on the board is paired with the last, the second with the last but one, and so on.",
        `At the end you get ${settings.sharePercent} % of what your partner earned by activities in the game's days.`,
        "With an odd number of players the one in the middle is their own partner.",
      ];
    case "huntWeek":
      return [
        "At the start the person right above you on the board becomes your prey. The one right below you hunts you.",
        `Finish above your prey: ${formatSigned(settings.catchPoints)} points.`,
        `Your hunter finishes above you: ${formatSigned(-settings.caughtPoints)} points.`,
        "The first has no prey, and the last no hunter.",
      ];
    case "prWeek":
      return [
        `Have a day in the game that beats every earlier day of yours in the challenge: ${formatSigned(settings.recordPoints)} points.`,
        "A day counts by the points of its activities.",
        "Who logged nothing before the game has no best day to beat.",
      ];
  }
}

interface GameState {
  label: string;
  tone: "accent" | "neutral" | "flame" | "danger";
  /** What that means, in a sentence. */
  words: string;
}

const CANCELLED_WORDS: Record<NonNullable<Game["cancelledBecause"]>, string> = {
  asked: "An organiser called it off. It gives no points.",
  reversed: "An organiser took the game back after its end, and its points with it.",
  missed: "It could not start before its days were over.",
  final: "The standings became final before it started.",
  tooManyPlayers: "There were too many people on the board for a game.",
};

/** Where a game stands, as a badge and in words. */
export function gameState(
  game: Pick<Game, "status" | "isChanging" | "cancelledBecause" | "failures">,
): GameState {
  switch (game.status) {
    case "draft":
      return game.isChanging
        ? { label: "Starting", tone: "accent", words: "It is being started: players are paired." }
        : { label: "Planned", tone: "neutral", words: "It starts by itself on its first day." };
    case "active":
      return game.isChanging
        ? {
            label: "Ending",
            tone: "accent",
            words: "It is being ended: the board is written down.",
          }
        : { label: "On now", tone: "accent", words: "Everything you log in its days counts." };
    case "settling":
      return {
        label: "Counting",
        tone: "accent",
        words: "It is over, and its points are worked out.",
      };
    case "completed":
      return game.failures === 0
        ? { label: "Finished", tone: "flame", words: "Its points are on the board." }
        : {
            label: "Finished",
            tone: "flame",
            words: "Its points are on the board, but for a few that could not be given yet.",
          };
    case "reversing":
      return { label: "Taking back", tone: "danger", words: "Its points are being taken back." };
    case "cancelled": {
      const isReversed = game.cancelledBecause === "reversed";
      return {
        label: isReversed ? "Taken back" : "Cancelled",
        tone: "neutral",
        words: CANCELLED_WORDS[game.cancelledBecause ?? "asked"],
      };
    }
  }
}

/** Whether a game is on or planned; else it is over. */
export function isOpenGame({ status }: Pick<Game, "status">): boolean {
  return status === "draft" || status === "active" || status === "settling";
}

const ROLE_NAMES: Record<Counterpart["role"], string> = {
  partner: "Partner",
  prey: "Prey",
  hunter: "Hunter",
};

/** What somebody is to a player. */
export function roleName(role: Counterpart["role"]): string {
  return ROLE_NAMES[role];
}

/** How the viewer stands against a counterpart, seen from the viewer. */
export function standingWords(
  { role, isBehind, userId }: Pick<Counterpart, "role" | "isBehind" | "userId">,
  ownUserId: string,
): string {
  switch (role) {
    case "partner":
      return userId === ownUserId
        ? "You are in the middle, so you are your own partner."
        : "What they earn pays for you, and what you earn for them.";
    case "prey":
      if (isBehind === null) return "Not on the board any more: you have caught them.";
      return isBehind ? "You are above them now." : "Still above you.";
    case "hunter":
      if (isBehind === null) return "Not on the board any more.";
      return isBehind ? "Still below you." : "They are above you now.";
  }
}

const LINE_WORDS: Record<Line["kind"], string> = {
  partnerShare: "From the partner",
  caughtPrey: "Finished above the prey",
  caughtByHunter: "Caught by the hunter",
  newRecord: "New best day",
};

const STATE_WORDS: Record<Result["state"], string> = {
  measured: "Being worked out",
  settled: "Nothing this time",
  skipped: "Not on the board at the end",
  failed: "Could not be given yet",
  reversed: "Taken back",
};

/** What a player's points of a game are for; why there are none. */
export function resultWords({ state, lines }: Pick<Result, "state" | "lines">): string {
  if (state !== "settled" || lines.length === 0) return STATE_WORDS[state];
  if (lines.length === 1) return lines.map(({ kind }) => LINE_WORDS[kind]).join();
  return lines.map(({ kind, points }) => `${LINE_WORDS[kind]} ${formatSigned(points)}`).join(", ");
}

/** What a player would get if the game ended now. */
export function endedNowWords(points: number | null): string {
  if (points === null) return "You are not on the board any more, so you would get nothing.";
  if (points === 0) return "If it ended now, it would give you nothing.";
  const verb = points > 0 ? "give you" : "take";
  return `If it ended now, it would ${verb} ${formatPoints(Math.abs(points))}${points > 0 ? "" : " from you"}.`;
}
