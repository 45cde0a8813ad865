import { api } from "@milepost/backend/api";
import { usePaginatedQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { Badge } from "../../components/Badge";
import { Card, CardHeader } from "../../components/Card";
import { MoreButton } from "../../components/MoreButton";
import { formatDay, formatInstant, formatPoints } from "../../lib/format";
import { LATE_WORDS } from "./lateWords";
import { sportWords } from "./stravaWords";
import { useChallengeNames } from "./useChallengeNames";

const PAGE_SIZE = 10;

type Late = FunctionReturnType<typeof api.queries.stravaLate.mine>["page"][number];

/** The person's activities that came after a challenge closed, with what its organisers decided; nothing while there are none. */
export function LateCard() {
  const list = usePaginatedQuery(api.queries.stravaLate.mine, {}, { initialNumItems: PAGE_SIZE });
  const { results } = list;
  const nameOf = useChallengeNames();
  if (results.length === 0) return null;
  return (
    <Card>
      <CardHeader title="Arrived late" />
      <p className="mb-1 text-sm text-ink-soft">
        These came after the challenge had closed. Its organisers decide whether they still count.
      </p>
      <ul className="divide-y divide-line">
        {results.map((late) => (
          <LateRow key={late.lateId} late={late} challengeName={nameOf(late.challengeId)} />
        ))}
      </ul>
      <MoreButton list={list} pageSize={PAGE_SIZE} className="mt-4 w-full" />
    </Card>
  );
}

function LateRow({ late, challengeName }: { late: Late; challengeName: string }) {
  const { label, tone } = LATE_WORDS[late.status];
  return (
    <li className="grid gap-1 py-3">
      <p className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 font-semibold">
        <span>
          {sportWords(late.sport)}, {formatDay(late.loggedDate)}
        </span>
        <span className="flex items-center gap-2.5 tabular-nums">
          {formatPoints(late.points)}
          <Badge tone={tone}>{label}</Badge>
        </span>
      </p>
      <p className="text-sm break-words text-ink-soft">
        {challengeName} · came {formatInstant(late.arrivedAt)}
      </p>
      {late.answer !== null && (
        <p className="text-sm break-words">The organiser: “{late.answer}”</p>
      )}
    </li>
  );
}
