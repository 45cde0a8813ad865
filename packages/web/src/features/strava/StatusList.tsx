import type { ReactNode } from "react";
import { formatInstant, formatNumber } from "../../lib/format";
import { useNow } from "../../lib/useNow";
import type { StravaStatus } from "./stravaWords";

type Window = NonNullable<StravaStatus["budget"]>["quarter"];

/** When something last came from Strava, what waits, and how many requests are left. */
export function StatusList({ status }: { status: StravaStatus }) {
  const { connection, oldestWaitingAt, budget } = status;
  if (connection === null) return null;
  const { connectedAt, lastEventAt, lastSyncAt } = connection;
  return (
    <div className="grid gap-3">
      <dl className="grid gap-x-8 gap-y-4 sm:grid-cols-2">
        <Fact label="Connected since">{formatInstant(connectedAt)}</Fact>
        <Fact label="Last news from Strava">
          {lastEventAt === null ? "None yet" : formatInstant(lastEventAt)}
        </Fact>
        <Fact label="Last two weeks looked through">
          {lastSyncAt === null ? "Not yet" : formatInstant(lastSyncAt)}
        </Fact>
        <Fact label="Waiting to be fetched">
          {oldestWaitingAt === null ? "Nothing" : `Since ${formatInstant(oldestWaitingAt)}`}
        </Fact>
        {budget !== null && (
          <>
            <Fact label="Requests left this quarter of an hour">
              <Left window={budget.quarter} />
            </Fact>
            <Fact label="Requests left today">
              <Left window={budget.day} />
            </Fact>
          </>
        )}
      </dl>
      {budget !== null && (
        <p className="text-sm text-ink-soft">
          Strava limits the requests of all of this site together. What does not fit waits its turn.
        </p>
      )}
    </div>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-sm text-ink-soft">{label}</dt>
      <dd className="font-semibold tabular-nums">{children}</dd>
    </div>
  );
}

/** All of a window is there again once it ended. */
function Left({ window: { left, endsAt } }: { window: Window }) {
  const now = useNow();
  if (now >= endsAt) return "All of them";
  return left > 0 ? formatNumber(left) : `None until ${formatInstant(endsAt)}`;
}
