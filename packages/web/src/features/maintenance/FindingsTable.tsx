import { api } from "@milepost/backend/api";
import { usePaginatedQuery } from "convex/react";
import { useState } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { MoreButton } from "../../components/MoreButton";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { useChallenge } from "../challenges/challengeContext";
import { ExplainDialog } from "./ExplainDialog";
import {
  aboutWords,
  CURE_WORDS,
  damageOf,
  differenceWords,
  kindWords,
  valueWords,
  type Finding,
} from "./findingWords";
import type { Job } from "./jobWords";

const PAGE_SIZE = 20;

/** What a job found or changed: whose, what is stored, what the activities give, and the difference. */
export function FindingsTable({ job }: { job: Job }) {
  const { challengeId } = useChallenge();
  const list = usePaginatedQuery(
    api.queries.maintenance.findings,
    { challengeId, jobId: job.jobId },
    { initialNumItems: PAGE_SIZE },
  );
  const { results, status } = list;
  const [explained, setExplained] = useState<Finding | null>(null);
  if (status === "LoadingFirstPage") {
    return (
      <Loading label="Loading what was found">
        <SkeletonRows count={3} />
      </Loading>
    );
  }
  if (results.length === 0) {
    if (job.status !== "completed") return null;
    return <p className="font-semibold">Nothing differs: all totals agree with the activities.</p>;
  }
  return (
    <div className="grid gap-3">
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">
          Differences between what is stored and what is computed
        </caption>
        <thead>
          <tr className="border-b border-line text-left text-ink-soft">
            <th scope="col" className="py-2 font-semibold">
              Who and what
            </th>
            <th scope="col" className={numberHead}>
              Stored
            </th>
            <th scope="col" className={numberHead}>
              Computed
            </th>
            <th scope="col" className="py-2 pl-3 text-right font-semibold">
              Difference
            </th>
          </tr>
        </thead>
        <tbody>
          {results.map((finding, index) => (
            // Findings have no id of their own and their order never changes.
            <FindingRow key={index} finding={finding} onExplain={() => setExplained(finding)} />
          ))}
        </tbody>
      </table>
      <MoreButton list={list} pageSize={PAGE_SIZE} />
      {explained !== null && (
        <ExplainDialog finding={explained} onClose={() => setExplained(null)} />
      )}
    </div>
  );
}

const numberHead = "hidden py-2 pl-3 text-right font-semibold sm:table-cell";
const numberCell = "hidden py-3 pl-3 text-right align-top tabular-nums sm:table-cell";

function FindingRow({ finding, onExplain }: { finding: Finding; onExplain: () => void }) {
  const { kind, displayName, expected, actual, cure } = finding;
  const about = aboutWords(finding);
  const [stored, computed] = [valueWords(kind, actual), valueWords(kind, expected)];
  return (
    <tr className="border-b border-line">
      <th scope="row" className="py-3 text-left font-normal">
        <span className="block font-semibold">{displayName ?? "The whole challenge"}</span>
        <span className="block text-ink-soft">
          {kindWords(kind).title}
          {about !== null && ` · ${about}`}
        </span>
        <span className="block tabular-nums sm:hidden">
          {stored} stored, {computed} computed
        </span>
        {cure !== "repair" && (
          <span className="mt-1 flex flex-wrap items-center gap-2">
            <Badge tone={cure === "explained" ? "neutral" : "flame"}>{CURE_WORDS[cure]}</Badge>
            {damageOf(finding) !== null && (
              <Button size="sm" variant="secondary" onClick={onExplain}>
                Explain
              </Button>
            )}
          </span>
        )}
      </th>
      <td className={numberCell}>{stored}</td>
      <td className={numberCell}>{computed}</td>
      <td className="py-3 pl-3 text-right align-top font-semibold tabular-nums">
        {differenceWords(finding) ?? <span className="font-normal text-ink-soft">–</span>}
      </td>
    </tr>
  );
}
