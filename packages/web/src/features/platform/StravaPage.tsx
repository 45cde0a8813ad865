import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { CircleAlert, Unplug } from "lucide-react";
import { Card, CardHeader, Stat } from "../../components/Card";
import { PageHeader, usePageTitle } from "../../components/Page";
import { ProgressBar } from "../../components/ProgressBar";
import { Loading, Skeleton } from "../../components/Skeleton";
import { Notice } from "../../components/States";
import { formatInstant, formatNumber } from "../../lib/format";
import { useNow } from "../../lib/useNow";
import { StravaWork } from "./StravaWork";
import { TASK_STATUS_NAMES, windowAt, type Window } from "./stravaWords";

/** How the deployment stands with Strava: set up or not, requests left, and work that waits or failed. */
export function StravaPage() {
  usePageTitle("Strava");
  const overview = useQuery(api.queries.stravaOperations.overview);
  return (
    <>
      <PageHeader title="Strava">
        Requests that are left, and what waits or failed. Whose it is stays between them and Strava.
      </PageHeader>
      {overview === undefined ? (
        <Card>
          <Loading label="Loading how Strava stands">
            <Skeleton className="mb-3 h-6 w-40" />
            <Skeleton className="h-24" />
          </Loading>
        </Card>
      ) : (
        <>
          {overview.missing.length > 0 && (
            <Notice tone="warning" icon={CircleAlert}>
              <p className="font-semibold">Strava is not set up here.</p>
              <p>
                Nobody can connect until these variables are set:{" "}
                <code>{overview.missing.join(", ")}</code>.
              </p>
            </Notice>
          )}
          {overview.missing.length === 0 && !overview.isSubscribed && (
            <Notice tone="warning" icon={Unplug}>
              Not subscribed to Strava’s events: new activities are found once a night only.
            </Notice>
          )}
          <BudgetCard budget={overview.budget} />
          <Card>
            <CardHeader title="Work" />
            <dl className="grid grid-cols-2 items-start gap-4 sm:grid-cols-5">
              {overview.work.map(({ status, count }) => (
                <Stat key={status} label={TASK_STATUS_NAMES[status]}>
                  {formatNumber(count)}
                </Stat>
              ))}
              <Stat label="Events nobody confirmed">{formatNumber(overview.unconfirmed)}</Stat>
            </dl>
          </Card>
        </>
      )}
      <StravaWork />
    </>
  );
}

type Budget = Record<"quarter" | "day" | "readQuarter" | "readDay", Window> | null;

function BudgetCard({ budget }: { budget: Budget }) {
  return (
    <Card>
      <CardHeader title="Requests" />
      {budget === null ? (
        <p className="text-ink-soft">
          No request so far. Strava allows so many a quarter of an hour and a day, for everybody
          here together.
        </p>
      ) : (
        <div className="grid gap-5 sm:grid-cols-2">
          <WindowView label="Reading, this quarter of an hour" window={budget.readQuarter} />
          <WindowView label="Reading, today" window={budget.readDay} />
          <WindowView label="All, this quarter of an hour" window={budget.quarter} />
          <WindowView label="All, today" window={budget.day} />
        </div>
      )}
    </Card>
  );
}

function WindowView({ label, window }: { label: string; window: Window }) {
  const now = useNow();
  const { limit, used, endsAt } = windowAt(window, now);
  return (
    <div className="grid gap-1.5">
      <p className="flex justify-between gap-3 text-sm">
        <span className="font-semibold">{label}</span>
        <span className="tabular-nums">
          {formatNumber(used)} of {formatNumber(limit)}
        </span>
      </p>
      <ProgressBar label={`${label}: used`} value={used} max={limit} />
      <p className="text-sm text-ink-soft">
        {now < endsAt ? `All of it again on ${formatInstant(endsAt)}` : "All of it is there"}
      </p>
    </div>
  );
}
