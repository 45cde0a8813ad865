import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { usePaginatedQuery } from "convex/react";
import { ScrollText } from "lucide-react";
import { useToday, useViewer } from "../../app/context";
import { Card } from "../../components/Card";
import { MoreButton } from "../../components/MoreButton";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { cn } from "../../lib/cn";
import {
  formatDay,
  formatDayNear,
  formatNumber,
  formatPoints,
  formatSigned,
} from "../../lib/format";
import { browserZone } from "../../lib/today";
import { useChallenge } from "../challenges/challengeContext";
import { HistoryExport } from "./HistoryExport";
import {
  actorWords,
  eventWords,
  ledgerDays,
  pointsOfEvent,
  type LedgerDay,
  type LedgerEvent,
} from "./ledgerLines";

const PAGE_SIZE = 50;

/** Everything that moved a person's points, day by day, with the total after each day: it ends at the one on the board. */
export function LedgerView({ userId }: { userId: Id<"users"> | undefined }) {
  const { challengeId } = useChallenge();
  const zone = useViewer()?.timezone ?? browserZone();
  const list = usePaginatedQuery(
    api.queries.points.events,
    { challengeId, ...(userId === undefined ? {} : { userId }) },
    { initialNumItems: PAGE_SIZE },
  );
  const { results, status } = list;
  if (status === "LoadingFirstPage") {
    return (
      <Card>
        <Loading label="Loading your points day by day">
          <SkeletonRows count={5} />
        </Loading>
      </Card>
    );
  }
  const [newest] = results;
  if (newest === undefined) {
    return (
      <Card>
        <EmptyState icon={ScrollText} title="No points yet">
          Every change of the total stands here, with the day it happened.
        </EmptyState>
      </Card>
    );
  }
  const hasMore = status !== "Exhausted";
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="min-w-56 flex-1 text-ink-soft">
          What moved the total and when, newest first. It comes to{" "}
          <strong className="text-ink">{formatPoints(newest.totalAfter)}</strong> now.
        </p>
        <HistoryExport kind="ledger" userId={userId} />
      </div>
      {ledgerDays(results, { zone, hasMore }).map((day) => (
        <DayOfLedger key={day.day} day={day} />
      ))}
      <MoreButton list={list} pageSize={PAGE_SIZE}>
        Show earlier days
      </MoreButton>
    </>
  );
}

function DayOfLedger({ day }: { day: LedgerDay }) {
  const today = useToday();
  // Points of Strava are their person's alone: what an organiser sees of such a day does not add up.
  const isWhole = !day.isCut && !day.events.some(({ isHidden }) => isHidden);
  return (
    <Card className="py-3 sm:py-4">
      <table className="w-full text-[0.9375rem] tabular-nums">
        <caption className="pb-1 text-left text-sm font-bold text-ink-soft">
          {formatDayNear(day.day, today)}
        </caption>
        <thead className="sr-only">
          <tr>
            <th scope="col">What</th>
            <th scope="col">Points</th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {day.events.map((event) => (
            <EventRow key={event.seq} event={event} day={day.day} />
          ))}
        </tbody>
        <tfoot className="border-t-2 border-line font-bold">
          {isWhole && (
            <tr>
              <th scope="row" className="pt-2 text-left">
                The day
              </th>
              <td className="pt-2 text-right">{formatSigned(day.points)}</td>
            </tr>
          )}
          <tr>
            <th scope="row" className="py-1 text-left">
              Total after it
            </th>
            <td className="py-1 text-right">{formatNumber(day.totalAfter)}</td>
          </tr>
        </tfoot>
      </table>
    </Card>
  );
}

interface EventRowProps {
  event: LedgerEvent;
  day: string;
}

function EventRow({ event, day }: EventRowProps) {
  const points = pointsOfEvent(event);
  const { loggedDate, isHidden } = event;
  const remarks = [
    loggedDate === undefined || loggedDate === null || loggedDate === day
      ? null
      : `for ${formatDay(loggedDate, "short")}`,
    actorWords(event.actor),
  ].filter((words) => words !== null);
  return (
    <tr>
      <th scope="row" className="py-2 pr-4 text-left font-normal">
        {eventWords(event)}
        {remarks.length > 0 && (
          <span className="block text-sm text-ink-soft">{remarks.join(", ")}</span>
        )}
      </th>
      <td
        className={cn(
          "py-2 text-right align-top font-semibold",
          points < 0 && !isHidden && "text-danger-ink",
        )}
      >
        {isHidden ? "private" : formatSigned(points)}
      </td>
    </tr>
  );
}
