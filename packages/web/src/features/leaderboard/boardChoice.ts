import { totalWeeks, weekOf } from "@milepost/backend/rules/weeks";

/** What the address of the board page chooses: nothing = the total, from its top. */
export interface BoardSearch {
  /** The board of this week, counted from 1. */
  week?: number;
  /** The board of this category. */
  category?: string;
  /** The part around a person: `me`, or somebody's user id. */
  near?: string;
}

/** How the queries name a board. */
export type BoardArgs =
  | { board?: undefined }
  | { board: "week"; key: string }
  | { board: "category"; key: string };

/** Reads the address; what is not understood is left out. */
export function readBoardSearch(search: Record<string, unknown>): BoardSearch {
  const { week, category, near } = search;
  const isWeek = typeof week === "number" && Number.isInteger(week) && week > 0;
  // A category or a name of digits only arrives as a number.
  const isName = typeof category === "string" || typeof category === "number";
  return {
    ...(isWeek ? { week } : isName ? { category: String(category) } : {}),
    ...(typeof near === "string" && near !== "" ? { near } : {}),
  };
}

/** The arguments that name the board to the queries. */
export function boardArgsOf({ week, category }: BoardSearch): BoardArgs {
  if (week !== undefined) return { board: "week", key: String(week) };
  if (category !== undefined) return { board: "category", key: category };
  return {};
}

/** The board without the part of it that is shown. */
export function boardOf({ week, category }: BoardSearch): BoardSearch {
  if (week !== undefined) return { week };
  return category === undefined ? {} : { category };
}

/** A board's name, unique in its challenge: for people, and to remember it by. */
export function boardLabel({ week, category }: BoardSearch): string {
  if (week !== undefined) return `Week ${week}`;
  return category ?? "Total";
}

interface Dated {
  startsOn: string;
  endsOn: string;
}

/** The week of a challenge that counts as the present one on `today`: the first before it starts, the last after it ended. */
export function presentWeek({ startsOn, endsOn }: Dated, today: string): number {
  return Math.min(Math.max(1, weekOf(startsOn, today)), totalWeeks(startsOn, endsOn));
}
