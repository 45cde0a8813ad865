import type { ConvexReactClient } from "convex/react";
import { CircleAlert } from "lucide-react";
import { Loading, Skeleton } from "../../components/Skeleton";
import { useAnswer } from "../../lib/useAnswer";
import { effectParts, totalWords, type Effect } from "./effectWords";

interface EffectNoteProps {
  /** Asks the deployment, once. */
  ask: (client: ConvexReactClient) => Promise<Effect>;
  /** Whose total; null = the viewer's own. */
  name: string | null;
  /** What the activity is called beside others. */
  own?: string;
}

/** What a decision would do to somebody's total, computed by the deployment; or that it would be refused, and why. */
export function EffectNote({ ask, name, own }: EffectNoteProps) {
  // The figures stand still while somebody reads them.
  const answer = useAnswer(ask, "once");
  if (answer === undefined) {
    return (
      <Loading label="Working out the points">
        <Skeleton className="h-6 w-3/4" />
      </Loading>
    );
  }
  if ("problem" in answer) {
    return (
      <p className="flex items-start gap-2 font-medium text-danger-ink">
        <CircleAlert className="mt-1 size-4 shrink-0" aria-hidden />
        This is not possible: {answer.problem}
      </p>
    );
  }
  const parts = effectParts(answer.value, own);
  return (
    <>
      <p className="font-semibold">{totalWords(name, answer.value)}</p>
      {parts.length > 0 && (
        <p className="text-sm text-ink-soft tabular-nums">{parts.join(" · ")}</p>
      )}
    </>
  );
}
