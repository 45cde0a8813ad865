import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { Badge } from "../../components/Badge";
import { Card, CardHeader } from "../../components/Card";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { choosableTypes } from "../../lib/choosableTypes";
import { formatPoints } from "../../lib/format";
import {
  bonusWords,
  formatAmount,
  limitWords,
  optionWords,
  scoringWords,
  type Rule,
} from "../../lib/ruleWords";
import { useSharedArgs } from "./challengeContext";

/** What every activity earns: kinds with several steps or options one line each. */
export function PointsTable() {
  const all = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const types = all && choosableTypes(all);
  return (
    <Card>
      <CardHeader title="How points are earned" />
      {types === undefined && (
        <Loading label="Loading the points table">
          <SkeletonRows count={4} />
        </Loading>
      )}
      {types !== undefined && types.length === 0 && (
        <p className="text-ink-soft">This challenge has no activities to log yet.</p>
      )}
      {types !== undefined && types.length > 0 && (
        <table className="w-full text-left">
          <thead className="sr-only">
            <tr>
              <th scope="col">Activity</th>
              <th scope="col">Points</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {types.map((type) => (
              <tr key={type.activityTypeId} className="align-top">
                <th scope="row" className="w-2/5 py-3 pr-4 font-semibold">
                  <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
                    {type.name}
                    {!type.contributesToStreak && <Badge>Not for the streak</Badge>}
                  </span>
                </th>
                <td className="py-3">
                  <ScoringLines rule={type} />
                  {[...bonusWords(type), ...limitWords(type)].map((words) => (
                    <p key={words} className="text-sm text-ink-soft first-letter:uppercase">
                      {words}
                    </p>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

function ScoringLines({ rule: { scoring, isNegative } }: { rule: Rule }) {
  if (scoring.kind === "variants") {
    return scoring.options.map((option) => (
      <p key={option.key}>
        {optionWords(option)}:{" "}
        <span className="font-semibold">{scoringWords(option.scoring, isNegative)}</span>
      </p>
    ));
  }
  if (scoring.kind === "tiered") {
    const { tiers, unit } = scoring;
    return tiers.map(({ atMost, points }, index) => (
      <p key={index} className="flex justify-between gap-4 sm:max-w-64">
        <span>{atMost === undefined ? "Above that" : `Up to ${formatAmount(atMost, unit)}`}</span>
        <span className="font-semibold tabular-nums">
          {formatPoints(isNegative ? -Math.abs(points) : points)}
        </span>
      </p>
    ));
  }
  return <p className="font-semibold">{scoringWords(scoring, isNegative)}</p>;
}
