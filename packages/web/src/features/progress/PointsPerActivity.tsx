import type { ConvexReactClient } from "convex/react";
import { CircleAlert, ListTree, Lock } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { Notice } from "../../components/States";
import { formatNumber } from "../../lib/format";
import { useAnswer } from "../../lib/useAnswer";
import { sourceGroups, type SourceGroup, type Sources } from "./sourceGroups";

interface PointsPerActivityProps {
  /** Asks the deployment; null = not for the viewer to see. */
  ask: (client: ConvexReactClient) => Promise<Sources | null>;
  /** The total it is about: when that moves, it is asked again. */
  totalPoints: number;
}

/** The points of each activity, award and bonus up to the total: all rows are read for it, so somebody has to ask. */
export function PointsPerActivity(props: PointsPerActivityProps) {
  const [isOpen, setIsOpen] = useState(false);
  if (isOpen) return <Answered {...props} />;
  return (
    <Button variant="secondary" onClick={() => setIsOpen(true)}>
      <ListTree aria-hidden />
      Points per activity
    </Button>
  );
}

function Answered({ ask, totalPoints }: PointsPerActivityProps) {
  const answer = useAnswer(ask, String(totalPoints));
  if (answer === undefined)
    return (
      <Loading label="Adding up the points">
        <SkeletonRows count={4} />
      </Loading>
    );
  if ("problem" in answer)
    return (
      <Notice icon={CircleAlert} tone="danger">
        {answer.problem}
      </Notice>
    );
  if (answer.value === null)
    return (
      <Notice icon={Lock}>
        Points per activity are private: some activities come from Strava, and a line could tell
        what a single one earned.
      </Notice>
    );
  return <SourcesTable sources={answer.value} />;
}

function SourcesTable({ sources }: { sources: Sources }) {
  return (
    <table className="w-full text-left text-sm">
      <caption className="mb-2 text-left text-sm font-bold">Points per activity</caption>
      <thead className="text-xs text-ink-soft">
        <tr>
          <th scope="col" className="py-1 font-semibold">
            What
          </th>
          <th scope="col" className="px-3 py-1 text-right font-semibold">
            Times
          </th>
          <th scope="col" className="py-1 text-right font-semibold">
            Points
          </th>
        </tr>
      </thead>
      {sourceGroups(sources.lines).map((group) => (
        <GroupRows key={group.title} group={group} />
      ))}
      <tfoot className="border-t-2 border-line-strong text-base">
        <tr>
          <th scope="row" colSpan={2} className="py-2 font-bold">
            Total
          </th>
          <td className="py-2 text-right font-bold tabular-nums">
            {formatNumber(sources.totalPoints)}
          </td>
        </tr>
      </tfoot>
    </table>
  );
}

function GroupRows({ group: { title, lines, count, points } }: { group: SourceGroup }) {
  const named = lines.filter(({ name }) => name !== "");
  return (
    <tbody className="border-t border-line">
      <tr className="font-semibold">
        <th scope="rowgroup" className="py-2 break-words">
          {title}
        </th>
        <td className="px-3 py-2 text-right tabular-nums">
          {count === null ? "" : formatNumber(count)}
        </td>
        <td className="py-2 text-right tabular-nums">{formatNumber(points)}</td>
      </tr>
      {named.map((line) => (
        <tr key={line.name} className="text-ink-soft">
          <th scope="row" className="pb-2 pl-4 font-normal break-words">
            {line.name}
          </th>
          <td className="px-3 pb-2 text-right tabular-nums">{formatNumber(line.count)}</td>
          <td className="pb-2 text-right tabular-nums">{formatNumber(line.points)}</td>
        </tr>
      ))}
    </tbody>
  );
}
