import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useMutation, useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { useEffect, useState } from "react";
import { messageOf } from "../../../lib/refusals";
import type { Rule } from "../../../lib/ruleWords";
import type { Challenge } from "../../challenges/challengeContext";

export type Impact = FunctionReturnType<typeof api.queries.maintenance.impact>;
type Job = FunctionReturnType<typeof api.queries.maintenance.job>;

export interface ImpactPreview {
  impact: Impact | undefined;
  job: Job | undefined;
  /** What went wrong in words, null while nothing did. */
  problem: string | null;
}

/** Asks once what a rescore by `rule` would do, and follows the answer as it grows. */
export function useImpact(
  challengeId: Challenge["challengeId"],
  activityTypeId: Id<"activityTypes">,
  rule: Rule,
): ImpactPreview {
  const preview = useMutation(api.mutations.activityTypes.preview);
  const [jobId, setJobId] = useState<Id<"jobs"> | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asked] = useState({ activityTypeId, ...rule, category: rule.category ?? "" });
  useEffect(() => {
    let isCurrent = true;
    async function ask(): Promise<void> {
      try {
        const started = await preview(asked);
        if (isCurrent) setJobId(started.jobId);
      } catch (error) {
        if (isCurrent) setProblem(messageOf(error));
      }
    }
    void ask();
    return () => {
      isCurrent = false;
    };
  }, [preview, asked]);
  const args = jobId === null ? ("skip" as const) : { challengeId, jobId };
  const impact = useQuery(api.queries.maintenance.impact, args);
  const job = useQuery(api.queries.maintenance.job, args);
  const isFailed = impact?.status === "failed" || impact?.status === "cancelled";
  const failure = isFailed
    ? "The effect could not be worked out. You can save all the same."
    : null;
  return { impact, job, problem: problem ?? failure };
}
