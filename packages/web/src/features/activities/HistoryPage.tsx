import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { CatchBoundary, getRouteApi, Link } from "@tanstack/react-router";
import { usePaginatedQuery, useQuery, type UsePaginatedQueryReturnType } from "convex/react";
import { FileUp, Plus, ScrollText } from "lucide-react";
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
import { useLogWindow } from "./useLogWindow";

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
        <Views userId={userId} />
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

/** Which of the two views. */
function Views({ userId }: { userId: Id<"users"> | undefined }) {
  const { challengeId } = useChallenge();
  return (
    <nav aria-label="View" className="flex justify-self-start rounded-xl bg-sunken p-1">
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
  );
}

function Activities({ userId }: { userId: Id<"users"> | undefined }) {
  const { challengeId } = useChallenge();
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const { isOpen } = useLogWindow();
  const [typeId, setTypeId] = useState("");
  const type = types?.find(({ activityTypeId }) => activityTypeId === typeId);
  const whose = { challengeId, ...(userId === undefined ? {} : { userId }) };
  const list = usePaginatedQuery(
    api.queries.activities.history,
    { ...whose, ...(type === undefined ? {} : { activityTypeId: type.activityTypeId }) },
    { initialNumItems: PAGE_SIZE },
  );
  const isFiltered = type !== undefined;
  const isEmpty = !isFiltered && list.status === "Exhausted" && list.results.length === 0;
  return (
    <>
      <HeldRows userId={userId} />
      {!isEmpty && (
        <div className="flex flex-wrap items-center gap-3">
          <Select
            aria-label="Show"
            className="w-full sm:w-64"
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
          <span className="flex-1" />
          {userId === undefined && isOpen && (
            <Button asChild variant="secondary" size="sm">
              <Link to="/c/$challengeId/import" params={{ challengeId }}>
                <FileUp aria-hidden />
                Import
              </Link>
            </Button>
          )}
          <ExportButton kind="activities" userId={userId} />
        </div>
      )}
      <HistoryList userId={userId} list={list} isFiltered={isFiltered} />
    </>
  );
}

interface HistoryListProps {
  userId: Id<"users"> | undefined;
  list: UsePaginatedQueryReturnType<typeof api.queries.activities.history>;
  /** Only one type is shown. */
  isFiltered: boolean;
}

function HistoryList({ userId, list, isFiltered }: HistoryListProps) {
  const { isFinal } = useChallenge();
  const today = useToday();
  const { results, status, loadMore } = list;
  if (status === "LoadingFirstPage") {
    return (
      <Card>
        <Loading label="Loading the history">
          <SkeletonRows count={5} />
        </Loading>
      </Card>
    );
  }
  if (results.length === 0 && isFiltered) {
    return (
      <Card>
        <EmptyState icon={ScrollText} title="None of this kind">
          Nothing of this activity has been logged so far.
        </EmptyState>
      </Card>
    );
  }
  if (results.length === 0) return <EmptyHistory isForeign={userId !== undefined} />;
  const hasSums = userId === undefined && !isFiltered;
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
