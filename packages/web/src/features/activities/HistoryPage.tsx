import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { CatchBoundary, getRouteApi, Link } from "@tanstack/react-router";
import { usePaginatedQuery, useQuery } from "convex/react";
import { Plus, ScrollText } from "lucide-react";
import { useToday, useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { PageHeader, usePageTitle } from "../../components/Page";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { formatDayNear } from "../../lib/format";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { MembersOnly } from "../challenges/MembersOnly";
import { HistoryItem } from "./HistoryItem";
import { groupByDay } from "./historyRows";

const route = getRouteApi("/c/$challengeId/history");
const PAGE_SIZE = 25;

export function HistoryPage() {
  usePageTitle("History");
  const { person } = route.useSearch();
  const viewer = useViewer();
  const isForeign = person !== undefined && person !== viewer?.userId;
  return (
    <MembersOnly>
      <div className="mx-auto grid w-full max-w-2xl gap-6">
        {isForeign ? <OrganiserHeader userId={person} /> : <PageHeader title="My history" />}
        <HistoryList key={person ?? "own"} userId={isForeign ? person : undefined} />
      </div>
    </MembersOnly>
  );
}

/** Somebody who left has no profile any more, but organisers still see what they logged. */
function OrganiserHeader({ userId }: { userId: Id<"users"> }) {
  return (
    <CatchBoundary
      getResetKey={() => userId}
      errorComponent={() => <ForeignHeader title="History of somebody who left" />}
    >
      <ParticipantHeader userId={userId} />
    </CatchBoundary>
  );
}

function ParticipantHeader({ userId }: { userId: Id<"users"> }) {
  const profile = useQuery(api.queries.profiles.get, {
    ...useSharedArgs(),
    userId,
    today: useToday(),
  });
  return (
    <ForeignHeader
      title={profile === undefined ? "History" : `History of ${profile.displayName}`}
    />
  );
}

function ForeignHeader({ title }: { title: string }) {
  return (
    <PageHeader title={title}>
      You see this as an organiser. Every change asks for a reason, which is kept.
    </PageHeader>
  );
}

function HistoryList({ userId }: { userId: Id<"users"> | undefined }) {
  const { challengeId, isFinal } = useChallenge();
  const today = useToday();
  const { results, status, loadMore } = usePaginatedQuery(
    api.queries.activities.history,
    { challengeId, ...(userId === undefined ? {} : { userId }) },
    { initialNumItems: PAGE_SIZE },
  );
  if (status === "LoadingFirstPage") {
    return (
      <Card>
        <Loading label="Loading the history">
          <SkeletonRows count={5} />
        </Loading>
      </Card>
    );
  }
  if (results.length === 0) return <EmptyHistory isForeign={userId !== undefined} />;
  return (
    <>
      {groupByDay(results).map(({ day, rows }) => (
        <Card key={day ?? "none"} aria-labelledby={`day-${day}`} className="py-2 sm:py-3">
          <h2 id={`day-${day}`} className="pt-2 text-sm font-bold text-ink-soft">
            {day === null ? "Bonus of the whole challenge" : formatDayNear(day, today)}
          </h2>
          <ul className="divide-y divide-line">
            {rows.map((row) => (
              <HistoryItem
                key={row.activityId}
                row={row}
                isForeign={userId !== undefined}
                isFrozen={isFinal}
              />
            ))}
          </ul>
        </Card>
      ))}
      {status !== "Exhausted" && (
        <Button
          variant="secondary"
          pending={status === "LoadingMore"}
          onClick={() => loadMore(PAGE_SIZE)}
        >
          Show older activities
        </Button>
      )}
    </>
  );
}

function EmptyHistory({ isForeign }: { isForeign: boolean }) {
  const { challengeId } = useChallenge();
  return (
    <Card>
      <EmptyState
        icon={ScrollText}
        title="No activity yet"
        action={
          !isForeign && (
            <>
              <Button asChild>
                <Link to="/c/$challengeId/log" params={{ challengeId }}>
                  <Plus aria-hidden />
                  Log an activity
                </Link>
              </Button>
              <Button asChild variant="secondary">
                <Link to="/c/$challengeId/import" params={{ challengeId }}>
                  Import from Strava
                </Link>
              </Button>
            </>
          )
        }
      >
        {isForeign
          ? "This participant has logged nothing so far."
          : "What you log or import stands here, with every point explained."}
      </EmptyState>
    </Card>
  );
}
