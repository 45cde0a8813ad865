import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { Plus, ScrollText } from "lucide-react";
import type { ReactNode } from "react";
import { useToday } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { formatDate, formatDayNear } from "../../lib/format";
import { groupByDay } from "../../lib/groupByDay";
import { useChallenge } from "../challenges/challengeContext";
import { DaySum } from "./DaySum";
import { EMPTY_WORDS, type Status } from "./historyFilter";
import { HistoryItem } from "./HistoryItem";
import type { HistoryRow } from "./historyRows";
import type { History } from "./useHistory";

interface ListProps {
  /** Somebody else, for organisers; absent = the viewer. */
  userId: Id<"users"> | undefined;
  /** Only this type; absent = all. */
  activityTypeId: Id<"activityTypes"> | undefined;
}

interface HistoryListProps {
  userId: Id<"users"> | undefined;
  history: History;
  status: Status | undefined;
  /** Not everything is shown. */
  isFiltered: boolean;
}

/** A person's activities day by day, deleted ones by when they were deleted. */
export function HistoryList({ userId, history, status, isFiltered }: HistoryListProps) {
  const { rows, isDone, isFilling, showMore } = history;
  if (rows.length === 0 && !isDone) return <ListSkeleton />;
  if (rows.length === 0)
    return isFiltered ? <EmptyFilter status={status} /> : <EmptyHistory userId={userId} />;
  return (
    <>
      {status === "deleted" ? (
        <DeletedRows rows={rows} userId={userId} />
      ) : (
        <DayCards rows={rows} userId={userId} hasSums={userId === undefined && !isFiltered} />
      )}
      {!isDone && (
        <Button variant="secondary" pending={isFilling} onClick={showMore}>
          Show older activities
        </Button>
      )}
    </>
  );
}

/** The activities that are under review. */
export function UnderReviewList({ userId, activityTypeId }: ListProps) {
  const { challengeId } = useChallenge();
  const whose = { challengeId, ...(userId === undefined ? {} : { userId }) };
  const all = useQuery(api.queries.activities.underReview, whose);
  if (all === undefined) return <ListSkeleton />;
  const isWanted = (row: HistoryRow) =>
    activityTypeId === undefined || row.activityTypeId === activityTypeId;
  const rows = all.filter(isWanted);
  if (rows.length === 0) return <EmptyFilter status="attention" />;
  return <DayCards rows={rows} userId={userId} hasSums={false} />;
}

interface RowsProps {
  rows: HistoryRow[];
  userId: Id<"users"> | undefined;
}

function DayCards({ rows, userId, hasSums }: RowsProps & { hasSums: boolean }) {
  const today = useToday();
  return groupByDay(rows, ({ loggedDate }) => loggedDate).map(({ day, items }) => (
    <RowsCard
      key={day ?? "none"}
      id={`day-${day}`}
      title={day === null ? "Bonus of the whole challenge" : formatDayNear(day, today)}
      rows={items}
      userId={userId}
    >
      {hasSums && day !== null && <DaySum day={day} />}
    </RowsCard>
  ));
}

function DeletedRows({ rows, userId }: RowsProps) {
  return groupByDay(rows, ({ deletedAt = 0 }) => formatDate(deletedAt)).map(({ day, items }) => (
    <RowsCard
      key={day}
      id={`deleted-${day}`}
      title={`Deleted on ${day}`}
      rows={items}
      userId={userId}
      hasDays
    />
  ));
}

interface RowsCardProps extends RowsProps {
  id: string;
  title: string;
  /** Each row says its day. */
  hasDays?: boolean;
  children?: ReactNode;
}

function RowsCard({ id, title, rows, userId, hasDays = false, children }: RowsCardProps) {
  const { isFinal } = useChallenge();
  return (
    <Card aria-labelledby={id} className="py-2 sm:py-3">
      <h2 id={id} className="pt-2 text-sm font-bold text-ink-soft">
        {title}
      </h2>
      <ul className="divide-y divide-line">
        {rows.map((row) => (
          <HistoryItem
            key={row.activityId}
            row={row}
            isForeign={userId !== undefined}
            isFrozen={isFinal}
            hasDay={hasDays}
          />
        ))}
      </ul>
      {children}
    </Card>
  );
}

function ListSkeleton() {
  return (
    <Card>
      <Loading label="Loading the history">
        <SkeletonRows count={5} />
      </Loading>
    </Card>
  );
}

/** Nothing is as it was asked for. */
function EmptyFilter({ status }: { status: Status | undefined }) {
  const { challengeId } = useChallenge();
  const words = status === undefined ? NONE_OF_A_KIND : EMPTY_WORDS[status];
  return (
    <Card>
      <EmptyState
        icon={ScrollText}
        title={words.title}
        action={
          <Button asChild variant="secondary">
            <Link
              to="/c/$challengeId/history"
              params={{ challengeId }}
              search={({ person }) => (person === undefined ? {} : { person })}
            >
              Show everything
            </Link>
          </Button>
        }
      >
        {words.text}
      </EmptyState>
    </Card>
  );
}

const NONE_OF_A_KIND = {
  title: "None of this kind",
  text: "Nothing of this activity has been logged so far.",
};

function EmptyHistory({ userId }: Pick<ListProps, "userId">) {
  const { challengeId } = useChallenge();
  const isForeign = userId !== undefined;
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
