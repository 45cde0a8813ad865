import { CircleAlert, Sparkles, Trophy } from "lucide-react";
import { awardChangeWords } from "../../lib/awardChanges";
import { formatPoints } from "../../lib/format";
import { sideEffectWords } from "./dayHints";
import { PointLines } from "./PointLines";
import type { Preview, PreviewPoints } from "./usePreview";

/** What stands where no points do. */
const WITHOUT_POINTS: { [Status in Preview["status"]]?: string } = {
  none: "Fill in the form to see what it earns.",
  later: "What a closed day earns is shown when it is saved.",
};

/** The points the form would earn as it stands, with their lines, before anything is saved. */
export function PreviewCard({ preview, id }: { preview: Preview; id: string }) {
  return (
    <section
      id={id}
      aria-label="Point preview"
      className="min-h-24 rounded-xl bg-sunken px-4 py-3.5"
    >
      {preview.status in WITHOUT_POINTS && (
        <p className="flex items-center gap-2.5 text-sm text-ink-soft">
          <Sparkles className="size-4.5 shrink-0" aria-hidden />
          {WITHOUT_POINTS[preview.status]}
        </p>
      )}
      {preview.status === "refused" && (
        <p className="flex items-start gap-2.5 text-sm font-medium text-danger-ink">
          <CircleAlert className="mt-0.5 size-4.5 shrink-0" aria-hidden />
          {preview.words}
        </p>
      )}
      {preview.status === "ready" && (
        <div className="grid gap-2">
          <p className="flex items-baseline justify-between gap-4">
            <span className="text-sm font-semibold">This earns</span>
            <span className="text-xl font-extrabold tabular-nums">
              {formatPoints(preview.points.pointsEarned)}
            </span>
          </p>
          <PointLines lines={preview.points.lines} />
          {sideEffectWords(preview.points).map((words) => (
            <p key={words} className="border-t border-line pt-2 text-sm">
              {words}
            </p>
          ))}
          <PreviewedAwards points={preview.points} />
        </div>
      )}
    </section>
  );
}

/** The achievements that saving earns or takes back. */
function PreviewedAwards({ points: { awards, awardsFollow } }: { points: PreviewPoints }) {
  const words = awardChangeWords(awards);
  if (words.length === 0) return null;
  return (
    <ul className="grid gap-1 border-t border-line pt-2 text-sm font-semibold">
      {words.map((line) => (
        <li key={line} className="flex items-start gap-2 tabular-nums">
          <Trophy className="mt-0.5 size-4 shrink-0 text-flame" aria-hidden />
          {line}
        </li>
      ))}
      {awardsFollow && (
        <li className="font-normal text-ink-soft">More awards follow when it is saved.</li>
      )}
    </ul>
  );
}
