import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { formatCount, formatSigned } from "./format";

type Preview = FunctionReturnType<typeof api.queries.activities.previewPoints>;
export type ChangedAward = Preview["awards"][number];

/** What a change does to the awards of one achievement. */
export interface AwardChange {
  name: string;
  kind: "earned" | "lost" | "changed";
  /** How many awards. */
  times: number;
  /** What they give or take together. */
  points: number;
}

/** What a change does to awards, by achievement; those that only move to another day are left out. */
export function awardChanges(awards: readonly ChangedAward[]): AwardChange[] {
  const changes = new Map<string, AwardChange>();
  for (const { name, pointsBefore, pointsAfter } of awards) {
    if (pointsBefore === pointsAfter) continue;
    const kind = pointsBefore === 0 ? "earned" : pointsAfter === 0 ? "lost" : "changed";
    const known = changes.get(`${kind} ${name}`) ?? { name, kind, times: 0, points: 0 };
    known.times += 1;
    known.points += pointsAfter - pointsBefore;
    changes.set(`${kind} ${name}`, known);
  }
  return [...changes.values()];
}

const VERBS = { earned: "Earns", lost: "Loses", changed: "Changes" } as const;

/** The same in words: "Earns Early bird: +10", "Loses Every mile, 3 times: −30". */
export function awardChangeWords(awards: readonly ChangedAward[]): string[] {
  return awardChanges(awards).map(({ name, kind, times, points }) => {
    const often = times === 1 ? "" : `, ${formatCount(times, "time")}`;
    return `${VERBS[kind]} ${name}${often}: ${formatSigned(points)}`;
  });
}
