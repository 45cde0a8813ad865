import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useState } from "react";
import { toast } from "sonner";
import { useToday } from "../../app/context";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { formatDayNear, formatPoints } from "../../lib/format";
import { metricWords } from "../../lib/metricWords";
import { persistently } from "../../lib/persistently";
import { preferredUnit } from "../../lib/unitChoice";
import { useChallenge } from "../challenges/challengeContext";
import { FactsLine, WhoseHeader } from "./ActivityFacts";
import { DecisionDialog, type Decided } from "./DecisionDialog";
import { heldWords, type Held, type HeldDecision } from "./heldWords";

interface HeldCardProps {
  held: Held;
}

/** An imported row beside the activity it looks like, and which of them is to count. */
export function HeldCard({ held }: HeldCardProps) {
  const { isFinal } = useChallenge();
  const [asked, setAsked] = useState<HeldDecision | null>(null);
  const { userId, displayName, row, twin } = held;
  const today = useToday();
  const details = [formatDayNear(row.loggedDate, today), metricWords(row.metrics, preferredUnit)];
  return (
    <Card className="grid gap-4">
      <WhoseHeader userId={userId} displayName={displayName}>
        <Badge tone="flame">Waits, does not count</Badge>
      </WhoseHeader>
      <div className="grid gap-3 sm:grid-cols-2">
        <div className="grid content-start gap-0.5 rounded-xl border border-line px-4 py-3">
          <p className="text-xs font-semibold text-ink-soft">Imported</p>
          <p className="font-semibold">{row.sport}</p>
          {row.title !== undefined && <p className="text-sm">{row.title}</p>}
          <p className="text-sm text-ink-soft tabular-nums">
            {details.filter((part) => part !== "").join(" · ")}
          </p>
        </div>
        {twin !== null && <FactsLine facts={twin} label="Already there" />}
      </div>
      {!isFinal && (
        <div className="flex flex-wrap gap-2.5 border-t border-line pt-4">
          {CHOICES.map(({ decision, label }) => (
            <Button key={decision} variant="secondary" onClick={() => setAsked(decision)}>
              {label}
            </Button>
          ))}
        </div>
      )}
      {asked !== null && <HeldDialog held={held} decision={asked} onClose={() => setAsked(null)} />}
    </Card>
  );
}

const CHOICES: ReadonlyArray<{ decision: HeldDecision; label: string; done: string }> = [
  { decision: "discard", label: "Leave it out", done: "Left out" },
  { decision: "replace", label: "Count it instead", done: "Replaced" },
  { decision: "keepBoth", label: "Count both", done: "Both count" },
];

interface HeldDialogProps extends HeldCardProps {
  decision: HeldDecision;
  onClose: () => void;
}

function HeldDialog({ held, decision, onClose }: HeldDialogProps) {
  const { heldId, displayName } = held;
  const decideHeld = useMutation(api.mutations.moderation.decideHeld);
  const choice = CHOICES.find((one) => one.decision === decision);

  async function confirm(decided: Decided): Promise<void> {
    const { pointsEarned } = await persistently(() => decideHeld({ heldId, decision, ...decided }));
    const earned = `It earns ${formatPoints(pointsEarned)}.`;
    toast.success(choice?.done, decision === "discard" ? {} : { description: earned });
  }

  return (
    <DecisionDialog
      title={`${choice?.label}?`}
      hint={
        decision === "replace"
          ? `${displayName} is told that an activity was removed, and reads your reason.`
          : "Your reason is kept in the log of decisions."
      }
      confirm={choice?.label ?? ""}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="font-semibold">{heldWords(decision, held)}</p>
      <p className="text-sm text-ink-soft">This is decided once.</p>
    </DecisionDialog>
  );
}
