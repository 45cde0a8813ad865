import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { usePaginatedQuery } from "convex/react";
import { ChevronRight, Globe } from "lucide-react";
import { useToday } from "../../app/context";
import { Card, CardHeader } from "../../components/Card";
import { MoreButton } from "../../components/MoreButton";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { progressWords } from "../challenges/challengeTime";
import type { OwnChallenges } from "./MyChallenges";

const PAGE_SIZE = 10;

/** Challenges anyone may look at and join, without those the viewer is in. */
export function PublicChallenges({ mine }: { mine: OwnChallenges }) {
  const list = usePaginatedQuery(api.queries.challenges.list, {}, { initialNumItems: PAGE_SIZE });
  const { results, status } = list;
  const today = useToday();
  const own = new Set(mine.map(({ challengeId }) => challengeId));
  const others = results.filter(({ challengeId }) => !own.has(challengeId));
  return (
    <Card>
      <CardHeader title="Open to everyone" />
      {status === "LoadingFirstPage" && (
        <Loading label="Loading public challenges">
          <SkeletonRows count={3} />
        </Loading>
      )}
      {others.length === 0 && status === "Exhausted" && (
        <EmptyState
          icon={Globe}
          title={results.length > 0 ? "You are in all of them" : "No public challenge yet"}
        >
          Whoever creates a public challenge finds it listed here.
        </EmptyState>
      )}
      <ul className="-mx-3 grid">
        {others.map((challenge) => (
          <li key={challenge.challengeId}>
            <Link
              to="/c/$challengeId"
              params={{ challengeId: challenge.challengeId }}
              className="flex min-h-14 items-center gap-3 rounded-xl px-3 py-2.5 transition-colors hover:bg-sunken"
            >
              <span className="grid min-w-0 flex-1">
                <span className="font-semibold">{challenge.name}</span>
                <span className="text-sm text-ink-soft">{progressWords(challenge, today)}</span>
              </span>
              <ChevronRight className="size-5 shrink-0 text-ink-soft" aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
      <MoreButton list={list} pageSize={PAGE_SIZE} className="mt-3 w-full" />
    </Card>
  );
}
