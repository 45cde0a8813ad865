import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Card, Stat } from "../../components/Card";
import { formatCount, formatDays, formatInstant, formatNumber, formatZone } from "../../lib/format";
import { browserZone } from "../../lib/today";
import { useNow } from "../../lib/useNow";
import { useChallenge, useSharedArgs } from "./challengeContext";
import { countdownOf, turningPoints } from "./countdown";

/** When it runs, in the reader's own time too, what it counts down to, how many are in and who organises it. */
export function DatesCard() {
  const challenge = useChallenge();
  const summary = useQuery(api.queries.participants.summary, useSharedArgs());
  const countdown = countdownOf(challenge, useNow());
  const { startsOn, endsOn, timezone, graceHours } = challenge;
  const { start, end, close } = turningPoints(challenge);
  const isElsewhere = timezone !== browserZone();
  return (
    <Card className="grid gap-5">
      <dl className="grid gap-x-8 gap-y-4 min-[26rem]:grid-cols-2 sm:flex sm:flex-wrap">
        {countdown !== null && <Stat label={countdown.label}>{countdown.words}</Stat>}
        <Stat label={summary?.ranked === 1 ? "person on the board" : "people on the board"}>
          {summary === undefined ? "…" : formatNumber(summary.ranked)}
        </Stat>
      </dl>
      <dl className="grid gap-x-6 gap-y-3 border-t border-line pt-5 sm:grid-cols-[8rem_1fr]">
        <Fact term="Days">
          {formatDays(startsOn, endsOn)}, in the time zone {formatZone(timezone)}
        </Fact>
        {isElsewhere && (
          <Fact term="In your time">
            {formatInstant(start)} to {formatInstant(end)}
          </Fact>
        )}
        <Fact term="Entries close">
          {formatInstant(close)}
          {isElsewhere ? " your time" : ""}
          {graceHours > 0 && `, ${formatCount(graceHours, "hour")} after the last day`}
        </Fact>
        {summary !== undefined && summary.organisers.length > 0 && (
          <Fact term={summary.organisers.length === 1 ? "Organiser" : "Organisers"}>
            <People people={summary.organisers} />
          </Fact>
        )}
      </dl>
    </Card>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid gap-0.5 sm:contents">
      <dt className="font-semibold">{term}</dt>
      <dd className="text-ink-soft">{children}</dd>
    </div>
  );
}

type Summary = NonNullable<ReturnType<typeof useQuery<typeof api.queries.participants.summary>>>;

function People({ people }: { people: Summary["organisers"] }) {
  const { challengeId } = useChallenge();
  return people.map(({ userId, displayName }, index) => (
    <span key={userId}>
      {index > 0 && ", "}
      <Link
        to="/c/$challengeId/people/$userId"
        params={{ challengeId, userId }}
        className="font-semibold text-ink underline decoration-line-strong underline-offset-4 hover:decoration-accent"
      >
        {displayName}
      </Link>
    </span>
  ));
}
