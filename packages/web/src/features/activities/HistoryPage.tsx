import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { CatchBoundary, getRouteApi, Link } from "@tanstack/react-router";
import { usePaginatedQuery, useQuery } from "convex/react";
import { Plus, ScrollText } from "lucide-react";
import { useState } from "react";
import { useToday, useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Select } from "../../components/Field";
import { PageHeader, usePageTitle } from "../../components/Page";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { formatDayNear } from "../../lib/format";
import { groupByDay } from "../../lib/groupByDay";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { MembersOnly } from "../challenges/MembersOnly";
import { ExportButton } from "./ExportButton";
import { HeldRows } from "./HeldRows";
import { HistoryItem } from "./HistoryItem";
import { DaySum } from "./DaySum";
import { LedgerView } from "./LedgerView";

const route = getRouteApi("/c/$challengeId/history");
const PAGE_SIZE = 25;

export function HistoryPage() {
  usePageTitle("History");
  const { person, view = "activities" } = route.useSearch();
  const viewer = useViewer();
  const isForeign = person !== undefined && person !== viewer?.userId;
  const userId = isForeign ? person : undefined;
  return (
    <MembersOnly>
      <div className="mx-auto grid w-full max-w-2xl gap-6">
        {isForeign ? <OrganiserHeader userId={person} /> : <PageHeader title="My history" />}
        <Toolbar view={view} userId={userId} />
        {view === "activities" ? (
          <Activities key={person ?? "own"} userId={userId} />
        ) : (
          <LedgerView key={person ?? "own"} userId={userId} />
        )}
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

const VIEWS = { activities: "Activities", ledger: "Day by day" } as const;
type View = keyof typeof VIEWS;

/** Which of the two views, and the file of it. */
function Toolbar({ view, userId }: { view: View; userId: Id<"users"> | undefined }) {
  const { challengeId } = useChallenge();
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <nav aria-label="View" className="flex rounded-xl bg-sunken p-1">
        {(["activities", "ledger"] as const).map((one) => (
          <Link
            key={one}
            to="/c/$challengeId/history"
            params={{ challengeId }}
            search={{
              ...(userId === undefined ? {} : { person: userId }),
              ...(one === "ledger" ? { view: one } : {}),
            }}
            activeOptions={{ exact: true }}
            className="flex min-h-9 items-center rounded-lg px-3.5 text-sm font-semibold text-ink-soft aria-[current=page]:bg-surface aria-[current=page]:text-ink aria-[current=page]:shadow-card"
          >
            {VIEWS[one]}
          </Link>
        ))}
      </nav>
      <ExportButton kind={view} userId={userId} />
    </div>
  );
}

function Activities({ userId }: { userId: Id<"users"> | undefined }) {
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const [typeId, setTypeId] = useState("");
  const type = types?.find(({ activityTypeId }) => activityTypeId === typeId);
  return (
    <>
      <HeldRows userId={userId} />
      <Select
        aria-label="Show"
        className="sm:w-64"
        value={typeId}
        onChange={({ target }) => setTypeId(target.value)}
      >
        <option value="">All activities</option>
        {(types ?? []).map(({ activityTypeId, name }) => (
          <option key={activityTypeId} value={activityTypeId}>
            {name}
          </option>
        ))}
      </Select>
      <HistoryList userId={userId} activityTypeId={type?.activityTypeId} />
    </>
  );
}

interface HistoryListProps {
  userId: Id<"users"> | undefined;
  /** Only this type; absent = all. */
  activityTypeId: Id<"activityTypes"> | undefined;
}

function HistoryList({ userId, activityTypeId }: HistoryListProps) {
  const { challengeId, isFinal } = useChallenge();
  const today = useToday();
  const { results, status, loadMore } = usePaginatedQuery(
    api.queries.activities.history,
    {
      challengeId,
      ...(userId === undefined ? {} : { userId }),
      ...(activityTypeId === undefined ? {} : { activityTypeId }),
    },
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
  if (results.length === 0 && activityTypeId !== undefined) {
    return (
      <Card>
        <EmptyState icon={ScrollText} title="None of this kind">
          Nothing of this activity has been logged so far.
        </EmptyState>
      </Card>
    );
  }
  if (results.length === 0) return <EmptyHistory isForeign={userId !== undefined} />;
  const hasSums = userId === undefined && activityTypeId === undefined;
  return (
    <>
      {groupByDay(results, ({ loggedDate }) => loggedDate).map(({ day, items: rows }) => (
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
          {hasSums && day !== null && <DaySum day={day} />}
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
