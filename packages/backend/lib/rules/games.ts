import type { Infer } from "convex/values";
import type {
  counterpartRoleValidator,
  Figures,
  GameLine,
  GameSettings,
  GameWish,
} from "../../tables/games";
import type { BoardRow } from "../../tables/snapshots";
import type { Checked } from "../errors";
import { accept, invalid } from "./checked";
import { addDays, dayOfInstant, endOfDay, isDay } from "./dates";
import { divideHalfAway } from "./decimal";
import type { DayRow } from "./ledger";
import { MAX_POINTS_PER_ACTIVITY } from "./scoring";

/** Most points a rule of a game can be set to. */
const MAX_GAME_POINTS = 10_000;

/** What orders a board: most points, then who reached them first, then the id. */
export type BoardKey = Pick<BoardRow, "totalPoints" | "reachedAt" | "userId">;

/** The first and the last day, `YYYY-MM-DD`. */
export interface Days {
  startsOn: string;
  endsOn: string;
}

/** A player another one plays with or against, by their position at the start. */
export interface Counterpart {
  role: Infer<typeof counterpartRoleValidator>;
  position: number;
}

/** A game's settings with the defaults filled in. Refuses INVALID_INPUT (`settings`). */
export function checkSettings(wish: GameWish): Checked<GameSettings> {
  switch (wish.kind) {
    case "partnerWeek": {
      const { kind, sharePercent = 10 } = wish;
      if (!isWholeUpTo(sharePercent, 100))
        return invalid("settings.sharePercent", "must be a whole number from 0 to 100");
      return accept({ kind, sharePercent });
    }
    case "huntWeek": {
      const { kind, catchPoints = 75, caughtPoints = 25 } = wish;
      if (!isWholeUpTo(catchPoints, MAX_GAME_POINTS)) return invalidPoints("catchPoints");
      if (!isWholeUpTo(caughtPoints, MAX_GAME_POINTS)) return invalidPoints("caughtPoints");
      return accept({ kind, catchPoints, caughtPoints });
    }
    case "prWeek": {
      const { kind, recordPoints = 100 } = wish;
      if (!isWholeUpTo(recordPoints, MAX_GAME_POINTS)) return invalidPoints("recordPoints");
      return accept({ kind, recordPoints });
    }
  }
}

function isWholeUpTo(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

function invalidPoints(name: string): Checked<never> {
  return invalid(`settings.${name}`, `must be a whole number from 0 to ${MAX_GAME_POINTS}`);
}

/** A game's days; refuses INVALID_INPUT unless both are days of the challenge in their order. */
export function checkDays({ startsOn, endsOn }: Days, challenge: Days): Checked<Days> {
  for (const [path, day] of Object.entries({ startsOn, endsOn })) {
    if (!isDay(day) || day < challenge.startsOn || day > challenge.endsOn)
      return invalid(path, "must be a day of the challenge, YYYY-MM-DD");
  }
  if (endsOn < startsOn) return invalid("endsOn", "must not be before startsOn");
  return accept({ startsOn, endsOn });
}

/** When a game's days begin and are over in the challenge's zone, UTC ms. */
export function instantsOf({ startsOn, endsOn }: Days, timezone: string) {
  return {
    startsAt: endOfDay(addDays(startsOn, -1), timezone),
    endsAt: endOfDay(endsOn, timezone),
  };
}

/**
 * The last day of a game that is ended at an instant (UTC ms): its own, or today in the challenge's zone when that is
 * earlier. Refuses INVALID_INPUT before its first day.
 */
export function closingDay(days: Days, nowMs: number, timezone: string): Checked<string> {
  const today = dayOfInstant(nowMs, timezone);
  if (today < days.startsOn) return invalid("gameId", "has no day yet: cancel it instead");
  return accept(today < days.endsOn ? today : days.endsOn);
}

/**
 * Board rows with positions and ranks: equal totals share a rank (1, 2, 2, 4).
 *
 * @param ordered in the board's order
 * @param before the last row of the page before, null for the first page
 */
export function rankRows(ordered: readonly BoardKey[], before: BoardRow | null): BoardRow[] {
  const rows: BoardRow[] = [];
  let last = before;
  for (const { totalPoints, reachedAt, userId } of ordered) {
    const position = (last?.position ?? 0) + 1;
    const rank = last?.totalPoints === totalPoints ? last.rank : position;
    last = { position, rank, userId, totalPoints, reachedAt };
    rows.push(last);
  }
  return rows;
}

/** Whether one person stands above another; of equal totals who reached it first, then the smaller id. */
export function isAbove(one: BoardKey, other: BoardKey): boolean {
  if (one.totalPoints !== other.totalPoints) return one.totalPoints > other.totalPoints;
  if (one.reachedAt !== other.reachedAt) return one.reachedAt < other.reachedAt;
  return one.userId < other.userId;
}

/**
 * Whom a player plays with or against. Partner week: the first with the last, the second with the last but one; the
 * middle one of an odd number is their own partner. Hunt week: the prey is right above, the hunter right below.
 *
 * @param position of the player, from 1 to `players`
 */
export function counterpartsOf(
  kind: GameSettings["kind"],
  position: number,
  players: number,
): Counterpart[] {
  switch (kind) {
    case "partnerWeek":
      return [{ role: "partner", position: players + 1 - position }];
    case "huntWeek":
      return [
        ...(position > 1 ? [{ role: "prey" as const, position: position - 1 }] : []),
        ...(position < players ? [{ role: "hunter" as const, position: position + 1 }] : []),
      ];
    case "prWeek":
      return [];
  }
}

/**
 * A person's own figures for a game's days. Awards and adjustments are taken out of the days they are dated by, and a
 * day counts for the best ones only when something was logged on it.
 *
 * @param days the person's day totals
 * @param systemRows their live system rows that have a day
 */
export function figuresOf(
  days: ReadonlyArray<Pick<DayRow, "day" | "points" | "activityCount">>,
  systemRows: ReadonlyArray<{ loggedDate: string; pointsEarned: number }>,
  { startsOn, endsOn }: Days,
): Figures {
  const system = new Map<string, number>();
  for (const { loggedDate, pointsEarned } of systemRows)
    system.set(loggedDate, (system.get(loggedDate) ?? 0) + pointsEarned);
  const figures: Figures = { points: 0, bestDay: null, bestDayBefore: null };
  for (const { day, points, activityCount } of days) {
    if (activityCount === 0 || day > endsOn) continue;
    const own = points - (system.get(day) ?? 0);
    if (day < startsOn) {
      figures.bestDayBefore = Math.max(own, figures.bestDayBefore ?? own);
    } else {
      figures.points += own;
      figures.bestDay = Math.max(own, figures.bestDay ?? own);
    }
  }
  return figures;
}

/** A share of what the partner earned: rounded half away from zero, never negative, at most what one row can hold. */
export function partnerLines(
  { sharePercent }: Extract<GameSettings, { kind: "partnerWeek" }>,
  partner: Figures,
): GameLine[] {
  const share = Number(divideHalfAway(BigInt(partner.points) * BigInt(sharePercent), 100n));
  return linesOf("partnerShare", Math.min(Math.max(share, 0), MAX_POINTS_PER_ACTIVITY));
}

/**
 * What the hunt gives and takes.
 *
 * @param own where the player ended
 * @param others where prey and hunter ended: null when they are on the board no more, which is below everybody, and
 *   absent where the player had none
 */
export function huntLines(
  { catchPoints, caughtPoints }: Extract<GameSettings, { kind: "huntWeek" }>,
  own: BoardKey,
  { prey, hunter }: { prey?: BoardKey | null; hunter?: BoardKey | null },
): GameLine[] {
  const caught = prey !== undefined && (prey === null || isAbove(own, prey));
  const wasCaught = hunter !== undefined && hunter !== null && isAbove(hunter, own);
  return [
    ...(caught ? linesOf("caughtPrey", catchPoints) : []),
    ...(wasCaught ? linesOf("caughtByHunter", 0 - caughtPoints) : []),
  ];
}

/** Pays when the best day of the game is strictly better than every day before; without an earlier day there is nothing to beat. */
export function recordLines(
  { recordPoints }: Extract<GameSettings, { kind: "prWeek" }>,
  { bestDay, bestDayBefore }: Figures,
): GameLine[] {
  const isRecord = bestDay !== null && bestDayBefore !== null && bestDay > bestDayBefore;
  return isRecord ? linesOf("newRecord", recordPoints) : [];
}

function linesOf(kind: GameLine["kind"], points: number): GameLine[] {
  return points === 0 ? [] : [{ kind, points }];
}

/** What lines add up to. */
export function pointsOf(lines: readonly GameLine[]): number {
  return lines.reduce((sum, { points }) => sum + points, 0);
}
