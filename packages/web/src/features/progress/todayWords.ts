import { formatCount, formatNumber, formatPoints } from "../../lib/format";

interface StreakFacts {
  /** Days of the streak that reaches today or yesterday. */
  currentStreak: number;
  /** Points of today that count for the streak. */
  streakPoints: number;
  streakMinPoints: number;
}

export type StreakState = "counts" | "atRisk" | "none";

/** Whether today counts already, a streak would end without it, or none is running. */
export function streakState({
  currentStreak,
  streakPoints,
  streakMinPoints,
}: StreakFacts): StreakState {
  if (streakPoints >= streakMinPoints) return "counts";
  return currentStreak > 0 ? "atRisk" : "none";
}

/** What today still needs for the streak, in words. */
export function streakWords(facts: StreakFacts): { title: string; text: string } {
  const { currentStreak, streakPoints, streakMinPoints } = facts;
  const missing = formatPoints(streakMinPoints - streakPoints);
  const days = formatCount(currentStreak, "day");
  switch (streakState(facts)) {
    case "counts":
      return { title: "Today counts", text: `Your streak is ${days} long.` };
    case "atRisk":
      return { title: `${missing} to keep your streak`, text: `You have ${days} in a row.` };
    case "none":
      return {
        title: `${missing} to start a streak`,
        text: `A day counts from ${formatPoints(streakMinPoints)}.`,
      };
  }
}

/** A time span in words, to the minute: "5 h 12 min". */
export function timeLeftWords(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  const rest = `${minutes % 60} min`;
  return hours === 0 ? rest : `${hours} h ${rest}`;
}

interface Place {
  rank: number;
  totalPoints: number;
  displayName: string;
}

/** What stands between somebody and the place above, in words. */
export function nextPlaceWords(
  own: Pick<Place, "rank" | "totalPoints">,
  above: Place | null,
): { title: string; text: string } {
  if (above === null) return { title: "You lead", text: "Nobody is ahead of you." };
  const gap = above.totalPoints - own.totalPoints;
  if (gap <= 0)
    return {
      title: `Level with ${above.displayName}`,
      text: "They got there first; one point more puts you ahead.",
    };
  return {
    title: `${formatPoints(gap + 1)} to pass ${above.displayName}`,
    text: `They are on rank ${formatNumber(above.rank)} with ${formatPoints(above.totalPoints)}.`,
  };
}
