import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { toast } from "sonner";
import { useToday } from "../../app/context";
import { formatPoints } from "../../lib/format";
import { persistently } from "../../lib/persistently";
import { DecisionDialog, type Decided } from "./DecisionDialog";
import { EffectNote } from "./EffectNote";
import { heldWarning, heldWords, type Held, type HeldDecision } from "./heldWords";

const DONE: Record<HeldDecision, string> = {
  discard: "Left out",
  replace: "Replaced",
  keepBoth: "Both count",
};

interface HeldDialogProps {
  held: Pick<Held, "heldId" | "twin">;
  /** Whose it is, for an organiser who says why; null = the viewer's own. */
  name: string | null;
  decision: HeldDecision;
  /** What the decision is called. */
  title: string;
  onClose: () => void;
}

/** Decides about an imported row that is held, once what that does to points was shown. */
export function HeldDialog({ held, name, decision, title, onClose }: HeldDialogProps) {
  const { heldId, twin } = held;
  const today = useToday();
  const decideHeld = useMutation(api.mutations.moderation.decideHeld);

  async function confirm({ reason, requestId }: Decided): Promise<void> {
    const why = name === null ? {} : { reason };
    const args = { heldId, decision, requestId, ...why };
    const { pointsEarned } = await persistently(() => decideHeld(args));
    const earned = `It earns ${formatPoints(pointsEarned)}.`;
    toast.success(DONE[decision], decision === "discard" ? {} : { description: earned });
  }

  return (
    <DecisionDialog
      title={`${title}?`}
      hint={hintFor(name, decision)}
      confirm={title}
      asksWhy={name !== null}
      onConfirm={confirm}
      onClose={onClose}
    >
      {decision === "discard" ? (
        <p className="font-semibold">No points move.</p>
      ) : (
        <EffectNote
          name={name}
          own="the imported one"
          ask={(client) => client.query(api.queries.review.counting, { heldId, decision, today })}
        />
      )}
      <p className="text-sm">{heldWords(decision, twin)}</p>
      <p className="text-sm text-ink-soft">{heldWarning(decision)}</p>
    </DecisionDialog>
  );
}

function hintFor(name: string | null, decision: HeldDecision): string {
  if (name === null) return "It does not count until you say what it is.";
  return decision === "replace"
    ? "They are told that an activity was removed, and read your reason."
    : "Your reason is kept in the log of decisions.";
}
