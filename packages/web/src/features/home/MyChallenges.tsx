import type { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import type { FunctionReturnType } from "convex/server";
import { Flag } from "lucide-react";
import { useToday } from "../../app/context";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { ProgressBar } from "../../components/ProgressBar";
import { EmptyState } from "../../components/States";
import { formatDays } from "../../lib/format";
import { OwnFigures } from "./OwnFigures";
import { daysElapsed, progressWords } from "../challenges/challengeTime";

export type OwnChallenges = FunctionReturnType<typeof api.queries.challenges.mine>;

/** The challenges the viewer is in, with where they stand in each. */
export function MyChallenges({ challenges }: { challenges: OwnChallenges }) {
  const today = useToday();
  if (challenges.length === 0) {
    return (
      <Card>
        <EmptyState
          icon={Flag}
          title="You are in no challenge yet"
          action={
            <Button asChild>
              <Link to="/new">Create a challenge</Link>
            </Button>
          }
        >
          Join one below, enter a join code someone gave you, or start your own.
        </EmptyState>
      </Card>
    );
  }
  const sorted = [...challenges].sort((a, b) => orderOf(a, today) - orderOf(b, today));
  return (
    <section aria-labelledby="mine-title">
      <CardHeader title={<span id="mine-title">My challenges</span>} />
      <ul className="grid gap-4 sm:grid-cols-2">
        {sorted.map((challenge) => {
          const { elapsed, total } = daysElapsed(challenge, today);
          return (
            <li key={challenge.challengeId}>
              <Link
                to="/c/$challengeId"
                params={{ challengeId: challenge.challengeId }}
                className="grid h-full content-between gap-4 rounded-card border border-line bg-surface p-5 shadow-card transition-colors hover:border-accent"
              >
                <span className="grid gap-1">
                  <span className="flex items-start justify-between gap-3">
                    <span className="text-lg leading-snug font-bold">{challenge.name}</span>
                    {challenge.role === "admin" && <Badge tone="accent">Organiser</Badge>}
                  </span>
                  <span className="text-sm text-ink-soft">
                    {formatDays(challenge.startsOn, challenge.endsOn)}
                  </span>
                </span>
                <OwnFigures challenge={challenge} />
                <span className="grid gap-2">
                  <span className="text-sm font-semibold">{progressWords(challenge, today)}</span>
                  <ProgressBar label="Days passed" value={elapsed} max={total} />
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** Running challenges first, then coming ones, then those that are over. */
function orderOf(
  { startsOn, endsOn }: { startsOn: string; endsOn: string },
  today: string,
): number {
  if (today > endsOn) return 2;
  return today < startsOn ? 1 : 0;
}
