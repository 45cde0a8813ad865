import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { CircleCheck, Flag, HeartPulse, Scale } from "lucide-react";
import { Card, CardHeader } from "../../components/Card";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { formatCount, formatInstant } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";

/** So many are counted; more is "20 or more". */
const COUNTED = 20;
const paginationOpts = { numItems: COUNTED, cursor: null };

function countWords({ page, isDone }: { page: unknown[]; isDone: boolean }, one: string): string {
  return isDone ? formatCount(page.length, one) : `${COUNTED} ${one}s or more`;
}

/** What waits for an organiser: flags, appeals, and what the last check of the numbers found. */
export function WaitingCard() {
  const { challengeId } = useChallenge();
  const flags = useQuery(api.queries.moderation.flags, { challengeId, paginationOpts });
  const appeals = useQuery(api.queries.moderation.appeals, { challengeId, paginationOpts });
  const health = useQuery(api.queries.maintenance.health, { challengeId });
  if (flags === undefined || appeals === undefined || health === undefined) {
    return (
      <Loading label="Loading what waits">
        <SkeletonRows count={1} className="h-32 rounded-card" />
      </Loading>
    );
  }
  const items = [
    { icon: Flag, isOpen: flags.page.length > 0, words: `${countWords(flags, "open flag")}` },
    { icon: Scale, isOpen: appeals.page.length > 0, words: `${countWords(appeals, "appeal")}` },
    {
      icon: HeartPulse,
      isOpen: health.status === "drift",
      words: `${formatCount(health.findings.length, "finding")} in the last check of all points`,
    },
  ].filter(({ isOpen }) => isOpen);
  const checked =
    health.lastVerifiedAt === null
      ? "The points have not been checked yet: that happens every night."
      : `All points were last checked ${formatInstant(health.lastVerifiedAt)}.`;
  return (
    <Card>
      <CardHeader title="Waiting for you" />
      {items.length === 0 ? (
        <p className="flex items-center gap-2.5 font-semibold">
          <CircleCheck className="size-5 text-accent" aria-hidden />
          Nothing waits for you.
        </p>
      ) : (
        <ul className="grid gap-1">
          {items.map(({ icon: Icon, words }) => (
            <li key={words} className="flex min-h-11 items-center gap-3 font-semibold">
              <Icon className="size-5 text-flame" aria-hidden />
              {words}
            </li>
          ))}
        </ul>
      )}
      <p className="mt-3 text-sm text-ink-soft">{checked}</p>
    </Card>
  );
}
