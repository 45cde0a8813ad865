import { api } from "@milepost/backend/api";
import { useMutation, usePaginatedQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { RotateCw } from "lucide-react";
import { ActionButton } from "../../components/ActionButton";
import { Card, CardHeader } from "../../components/Card";
import { PagedList } from "../../components/PagedList";
import { formatDay } from "../../lib/format";
import { importReasonWords } from "../../lib/refusals";
import { sportWords } from "./stravaWords";
import { useChallengeNames } from "./useChallengeNames";

const PAGE_SIZE = 10;

type Skipped = FunctionReturnType<typeof api.queries.strava.skipped>["page"][number];

/**
 * Activities of Strava that do not count somewhere, each with the reason.
 *
 * @param isConnected says so when every one counts; for others there is nothing to see then
 */
export function SkippedCard({ isConnected }: { isConnected: boolean }) {
  const list = usePaginatedQuery(api.queries.strava.skipped, {}, { initialNumItems: PAGE_SIZE });
  const nameOf = useChallengeNames();
  if (list.results.length === 0 && !isConnected) return null;
  return (
    <Card>
      <CardHeader title="Does not count" />
      <PagedList
        label="Activities that do not count"
        list={list}
        pageSize={PAGE_SIZE}
        empty={
          <p className="text-sm text-ink-soft">
            Every activity that came from Strava counts. If one ever does not, it stands here with
            the reason.
          </p>
        }
      >
        {(row) => <SkippedRow key={row.skipId} row={row} challengeName={nameOf(row.challengeId)} />}
      </PagedList>
    </Card>
  );
}

function SkippedRow({ row, challengeName }: { row: Skipped; challengeName: string }) {
  const retry = useMutation(api.mutations.strava.retry);
  const { skipId, sport, loggedDate, reason } = row;

  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <div className="min-w-0 flex-1 basis-56">
        <p className="font-semibold">
          {sportWords(sport)}, {formatDay(loggedDate)}
        </p>
        <p className="text-sm">{importReasonWords(reason)}.</p>
        <p className="text-sm break-words text-ink-soft">
          {challengeName}
          {reason === "UNMAPPED_SPORT" && ". Its organisers can decide what this sport counts as"}
        </p>
      </div>
      <ActionButton
        icon={RotateCw}
        action={async () => await retry({ skipId })}
        done="It is fetched again in a moment."
      >
        Try again
        <span className="sr-only">
          {sportWords(sport)} of {formatDay(loggedDate)}
        </span>
      </ActionButton>
    </li>
  );
}
