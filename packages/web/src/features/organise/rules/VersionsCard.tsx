import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { Badge } from "../../../components/Badge";
import { Card, CardHeader } from "../../../components/Card";
import { Loading, SkeletonRows } from "../../../components/Skeleton";
import { formatInstant } from "../../../lib/format";
import { bonusWords, limitWords, scoringWords } from "../../../lib/ruleWords";
import { useSharedArgs } from "../../challenges/challengeContext";
import type { ActivityType } from "./RuleForm";

/** Every rule the type ever had: what was logged by an old one keeps it until it is counted again. */
export function VersionsCard({ type }: { type: ActivityType }) {
  const { viewKey } = useSharedArgs();
  const { activityTypeId } = type;
  const versions = useQuery(
    api.queries.activityTypes.versions,
    viewKey === undefined ? { activityTypeId } : { activityTypeId, viewKey },
  );
  return (
    <Card>
      <CardHeader title="Its rules so far" />
      {versions === undefined && (
        <Loading label="Loading earlier rules">
          <SkeletonRows count={1} />
        </Loading>
      )}
      <ol className="grid divide-y divide-line">
        {versions?.map((rule, index) => (
          <li key={rule.version} className="grid gap-0.5 py-3 first:pt-0 last:pb-0">
            <p className="flex flex-wrap items-center gap-2 text-sm text-ink-soft">
              Since {formatInstant(rule.since)}
              {index === 0 && <Badge tone="accent">Counts now</Badge>}
            </p>
            <p className="font-semibold">{scoringWords(rule.scoring, rule.isNegative)}</p>
            {[...bonusWords(rule), ...limitWords(rule)].map((words) => (
              <p key={words} className="text-sm text-ink-soft">
                {words}
              </p>
            ))}
          </li>
        ))}
      </ol>
    </Card>
  );
}
