import type { Progress } from "./calendar";

/** Where a total comes from, largest first: categories, the streak, and what has neither; together they are the total. */
export function pointSources({
  categories,
  streakBonusPoints,
  totalPoints,
}: Pick<Progress, "categories" | "streakBonusPoints" | "totalPoints">): Array<{
  key: string;
  points: number;
}> {
  const named = categories.map(({ key, points }) => ({ key, points }));
  named.push({ key: "Streak bonus", points: streakBonusPoints });
  const rest = named.reduce((left, { points }) => left - points, totalPoints);
  return [...named, { key: "Awards and other", points: rest }]
    .filter(({ points }) => points !== 0)
    .sort((a, b) => b.points - a.points);
}
