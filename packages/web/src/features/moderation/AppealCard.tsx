import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { Quote } from "lucide-react";
import { useState } from "react";
import { useToday } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { formatInstant } from "../../lib/format";
import { persistently } from "../../lib/persistently";
import { FactsLine, WhoseHeader } from "./ActivityFacts";
import { ActivityStory } from "./ActivityStory";
import { DecisionDialog, type Decided } from "./DecisionDialog";
import { EffectNote } from "./EffectNote";
import { useUndoable } from "./useUndoable";

type Appeal = FunctionReturnType<typeof api.queries.moderation.appeals>["page"][number];

interface AppealCardProps {
  appeal: Appeal;
}

/** What somebody says against a decision about their activity, with its story, and the answer to give. */
export function AppealCard({ appeal }: AppealCardProps) {
  const [asked, setAsked] = useState<"accept" | "reject" | null>(null);
  const { userId, displayName, text, at, activity } = appeal;
  const dialog = { appeal, onClose: () => setAsked(null) };
  return (
    <Card className="grid gap-4">
      <WhoseHeader userId={userId} displayName={displayName} />
      <figure className="flex gap-3">
        <Quote className="mt-0.5 size-5 shrink-0 text-flame" aria-hidden />
        <div className="min-w-0">
          <blockquote className="text-lg whitespace-pre-line">{text}</blockquote>
          <figcaption className="text-sm text-ink-soft">
            {displayName}, {formatInstant(at)}
          </figcaption>
        </div>
      </figure>
      {activity !== null && (
        <>
          <FactsLine facts={activity} />
          <ActivityStory
            activityId={activity.activityId}
            what={`${activity.typeName} of ${displayName}`}
            isOpen
          />
        </>
      )}
      <div className="flex flex-wrap gap-2.5 border-t border-line pt-4">
        <Button variant="secondary" onClick={() => setAsked("accept")}>
          Agree and take it back
        </Button>
        <Button variant="secondary" onClick={() => setAsked("reject")}>
          Leave it as it is
        </Button>
      </div>
      {asked === "accept" && <AcceptDialog {...dialog} />}
      {asked === "reject" && <RejectDialog {...dialog} />}
    </Card>
  );
}

interface AppealDialogProps extends AppealCardProps {
  onClose: () => void;
}

function AcceptDialog({ appeal, onClose }: AppealDialogProps) {
  const { appealId, displayName } = appeal;
  const today = useToday();
  const decideAppeal = useMutation(api.mutations.moderation.decideAppeal);
  const tellDone = useUndoable();

  async function confirm(decided: Decided): Promise<void> {
    const { decisionId } = await persistently(() =>
      decideAppeal({ appealId, isAccepted: true, ...decided }),
    );
    tellDone(decisionId, "Agreed", `${displayName} reads your answer.`);
  }

  return (
    <DecisionDialog
      title="Agree?"
      hint={`${displayName} reads your reason as the answer.`}
      confirm="Agree"
      onConfirm={confirm}
      onClose={onClose}
    >
      <EffectNote
        name={displayName}
        ask={(client) => client.query(api.queries.review.acceptance, { appealId, today })}
      />
      <p className="text-sm text-ink-soft">
        What an organiser did last to the activity is taken back, and open flags are closed.
      </p>
    </DecisionDialog>
  );
}

function RejectDialog({ appeal, onClose }: AppealDialogProps) {
  const { appealId, displayName } = appeal;
  const decideAppeal = useMutation(api.mutations.moderation.decideAppeal);
  const tellDone = useUndoable();

  async function confirm(decided: Decided): Promise<void> {
    const { decisionId } = await persistently(() =>
      decideAppeal({ appealId, isAccepted: false, ...decided }),
    );
    tellDone(decisionId, "Left as it is", `${displayName} reads your answer.`);
  }

  return (
    <DecisionDialog
      title="Leave it as it is?"
      hint={`${displayName} reads your reason as the answer, and cannot object again.`}
      confirm="Leave it as it is"
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="font-semibold">No points move: the total of {displayName} stays as it is.</p>
    </DecisionDialog>
  );
}
