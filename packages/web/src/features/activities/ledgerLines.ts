import type { api } from "@milepost/backend/api";
import { dayOfInstant } from "@milepost/backend/rules/dates";
import type { FunctionReturnType } from "convex/server";

export type LedgerEvent = FunctionReturnType<typeof api.queries.points.events>["page"][number];

/** One day of the ledger: everything that moved points on it, newest first. */
export interface LedgerDay {
  day: string;
  events: LedgerEvent[];
  /** What the day's events add up to. */
  points: number;
  /** The total at the end of the day. */
  totalAfter: number;
  /** The day's first events are on a page that is not loaded yet, so `points` is not the whole day's. */
  isCut: boolean;
}

/** What an event added or took. */
export function pointsOfEvent({ pointsBefore, pointsAfter }: LedgerEvent): number {
  return pointsAfter - pointsBefore;
}

/**
 * Events, newest first, put together by the day they happened on.
 *
 * @param zone IANA zone that decides about the day
 * @param hasMore older events are not loaded
 */
export function ledgerDays(
  events: readonly LedgerEvent[],
  { zone, hasMore }: { zone: string; hasMore: boolean },
): LedgerDay[] {
  const days: LedgerDay[] = [];
  for (const event of events) {
    const day = dayOfInstant(event.at, zone);
    let last = days.at(-1);
    if (last?.day !== day) {
      last = { day, events: [], points: 0, totalAfter: event.totalAfter, isCut: false };
      days.push(last);
    }
    last.events.push(event);
    last.points += pointsOfEvent(event);
  }
  const oldest = days.at(-1);
  if (oldest !== undefined) oldest.isCut = hasMore;
  return days;
}

const KIND_WORDS: Record<LedgerEvent["kind"], string> = {
  created: "logged",
  edited: "changed",
  deleted: "deleted",
  restored: "brought back",
  repriced: "counted again",
  opening: "carried over",
  restatement: "explained",
};

const REASON_WORDS: Partial<Record<LedgerEvent["reason"], string>> = {
  imported: "imported",
  streakChanged: "changed",
  dayChanged: "changed with its day",
  rescored: "scored by the new rules",
  awarded: "given",
  revoked: "taken back",
  backfilled: "carried over",
};

/** What happened to what, in words: "Run logged", "Streak bonus changed". */
export function eventWords({
  name,
  kind,
  reason,
}: Pick<LedgerEvent, "name" | "kind" | "reason">): string {
  const what = name === undefined || name === "" ? "Points" : name;
  // Why a row was made or changed says more than that it was; an edit and a deletion speak for themselves.
  const isPlain = kind === "edited" || kind === "deleted" || kind === "restored";
  const verb = isPlain && reason !== "revoked" ? KIND_WORDS[kind] : REASON_WORDS[reason];
  return `${what} ${verb ?? KIND_WORDS[kind]}`;
}

/** Who did it, where that was not the person themselves. */
export function actorWords(actor: LedgerEvent["actor"]): string | null {
  switch (actor) {
    case "challengeAdmin":
      return "by an organiser";
    case "platformAdmin":
      return "by an administrator";
    case "strava":
      return "by Strava";
    case "import":
    case "system":
    case "user":
      return null;
  }
}
