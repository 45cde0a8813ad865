import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";

export type Sources = FunctionReturnType<typeof api.queries.progress.sources>;
type Line = Sources["lines"][number];

/** Lines that belong together, with what they add up to. */
export interface SourceGroup {
  title: string;
  lines: Line[];
  /** null where counting says nothing: of the streak's bonus. */
  count: number | null;
  points: number;
}

const TITLES: Record<Exclude<Line["kind"], "activity">, string> = {
  streak: "Streak bonus",
  achievement: "Achievements",
  miniGame: "Mini-games",
  adjustment: "Given or taken by organisers",
};

/** What points come from, by category of activities, then what is no activity; in each the most points first. */
export function sourceGroups(lines: readonly Line[]): SourceGroup[] {
  const groups = new Map<string, SourceGroup>();
  for (const line of lines) {
    const { kind, category } = line;
    const title = kind === "activity" ? (category ?? "Without a category") : TITLES[kind];
    const key = `${kind} ${category}`;
    const group = groups.get(key) ?? { title, lines: [], count: 0, points: 0 };
    group.lines.push(line);
    group.count = kind === "streak" ? null : (group.count ?? 0) + line.count;
    group.points += line.points;
    groups.set(key, group);
  }
  const isActivity = ({ lines: [first] }: SourceGroup) => Number(first?.kind === "activity");
  return [...groups.values()].sort(
    (one, other) => isActivity(other) - isActivity(one) || other.points - one.points,
  );
}
