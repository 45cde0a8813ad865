import { useConvex, type ConvexReactClient } from "convex/react";
import { CircleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import { Loading, Skeleton } from "../../components/Skeleton";
import { messageOf } from "../../lib/refusals";
import { effectParts, totalWords, type Effect } from "./effectWords";

type Answer = { effect: Effect } | { refusal: string };

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
  const client = useConvex();
  // The figures stand still while somebody reads them.
  const [asked] = useState(() => ask);
  const [answer, setAnswer] = useState<Answer>();
  useEffect(() => {
    let isCurrent = true;
    async function find(): Promise<Answer> {
      try {
        return { effect: await asked(client) };
      } catch (error) {
        return { refusal: messageOf(error) };
      }
    }
    void find().then((found) => (isCurrent ? setAnswer(found) : undefined));
    return () => {
      isCurrent = false;
    };
  }, [client, asked]);

  if (answer === undefined) {
    return (
      <Loading label="Working out the points">
        <Skeleton className="h-6 w-3/4" />
      </Loading>
    );
  }
  if ("refusal" in answer) {
    return (
      <p className="flex items-start gap-2 font-medium text-danger-ink">
        <CircleAlert className="mt-1 size-4 shrink-0" aria-hidden />
        This is not possible: {answer.refusal}
      </p>
    );
  }
  const parts = effectParts(answer.effect, own);
  return (
    <>
      <p className="font-semibold">{totalWords(name, answer.effect)}</p>
      {parts.length > 0 && (
        <p className="text-sm text-ink-soft tabular-nums">{parts.join(" · ")}</p>
      )}
    </>
  );
}
