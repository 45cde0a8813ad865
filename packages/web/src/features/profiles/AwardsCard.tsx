import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useQuery } from "convex/react";
import { Award } from "lucide-react";
import { Card, CardHeader } from "../../components/Card";
import { formatNumber, formatSigned } from "../../lib/format";
import { useSharedArgs } from "../challenges/challengeContext";

/** Achievements a ranked participant earned; nothing when there are none. */
export function AwardsCard({ userId }: { userId: Id<"users"> }) {
  const earned = useQuery(api.queries.achievements.ofPerson, { ...useSharedArgs(), userId });
  if (earned === undefined || earned.length === 0) return null;
  return (
    <Card>
      <CardHeader title="Achievements" />
      <ul className="grid gap-3 sm:grid-cols-2">
        {earned.map(({ achievementId, name, times, points }) => (
          <li key={achievementId} className="flex items-center gap-3 rounded-xl bg-sunken p-3">
            <span className="grid size-10 shrink-0 place-items-center rounded-xl bg-flame-soft text-flame-ink">
              <Award className="size-5" aria-hidden />
            </span>
            <span className="min-w-0 flex-1 font-semibold">
              {name}
              {times > 1 && (
                <span className="text-ink-soft">
                  {" "}
                  <span aria-hidden>×</span>
                  <span className="sr-only">times </span>
                  {formatNumber(times)}
                </span>
              )}
            </span>
            <span className="font-bold tabular-nums">{formatSigned(points)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
