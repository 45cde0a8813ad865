import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { Flag, Gauge } from "lucide-react";
import { useState } from "react";
import { useToday } from "../../app/context";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { flagWords } from "../../lib/flagWords";
import { formatCount, formatInstant, formatPoints } from "../../lib/format";
import { persistently } from "../../lib/persistently";
import { useChallenge } from "../challenges/challengeContext";
import { FactsLine, WhoseHeader } from "./ActivityFacts";
import { ActivityStory } from "./ActivityStory";
import { CorrectDialog } from "./CorrectDialog";
import { DecisionDialog, type Decided } from "./DecisionDialog";
import { EffectNote } from "./EffectNote";
import type { FlagGroup, OpenFlag } from "./flagGroups";
import { useUndoable } from "./useUndoable";

type Open = "dismiss" | "remove" | "correct" | null;

/** One doubted activity: what is doubted and by whom, its story, and what can be decided. */
export function FlagCard({ group }: { group: FlagGroup }) {
  const { isFinal } = useChallenge();
  const [open, setOpen] = useState<Open>(null);
  const { activity, flags, userId, displayName } = group;
  // Figures of Strava are its person's: nobody else can say what would be right.
  const mayCorrect = activity.source !== "strava";
  const mayChange = !activity.isDeleted && !isFinal;
  const dialog = { group, onClose: () => setOpen(null) };
  return (
    <Card className="grid gap-4">
      <WhoseHeader userId={userId} displayName={displayName}>
        <Badge tone="flame">
          <Flag aria-hidden />
          {formatCount(flags.length, "flag")}
        </Badge>
      </WhoseHeader>
      <FactsLine facts={activity} />
      <ul className="grid gap-2.5">
        {flags.map((flag) => (
          <Evidence key={flag.flagId} flag={flag} />
        ))}
      </ul>
      <ActivityStory
        activityId={activity.activityId}
        what={`${activity.typeName} of ${displayName}`}
      />
      <div className="flex flex-wrap gap-2.5 border-t border-line pt-4">
        <Button variant="secondary" onClick={() => setOpen("dismiss")}>
          Nothing is wrong
        </Button>
        {mayChange && mayCorrect && (
          <Button variant="secondary" onClick={() => setOpen("correct")}>
            Correct it
          </Button>
        )}
        {mayChange && (
          <Button variant="secondary" className="text-danger-ink" onClick={() => setOpen("remove")}>
            Remove it
          </Button>
        )}
      </div>
      {open === "dismiss" && <DismissDialog {...dialog} />}
      {open === "remove" && <RemoveDialog {...dialog} />}
      {open === "correct" && <CorrectDialog {...dialog} />}
    </Card>
  );
}

function Evidence({ flag: { flaggedBy, about, at } }: { flag: OpenFlag }) {
  const isMeasured = "code" in about;
  const Icon = isMeasured ? Gauge : Flag;
  return (
    <li className="flex items-start gap-3">
      <Icon className="mt-0.5 size-5 shrink-0 text-flame" aria-hidden />
      <div className="min-w-0">
        <p>{flagWords(about)}</p>
        <p className="text-sm text-ink-soft">
          {isMeasured ? "Noticed by Milepost" : `Flagged by ${flaggedBy ?? "a participant"}`},{" "}
          {formatInstant(at)}
        </p>
      </div>
    </li>
  );
}

interface FlagDialogProps {
  group: FlagGroup;
  onClose: () => void;
}

function DismissDialog({ group, onClose }: FlagDialogProps) {
  const { activity, flags, displayName } = group;
  const { activityId, pointsEarned, isDeleted, source } = activity;
  const decideFlags = useMutation(api.mutations.moderation.decideFlags);
  const tellDone = useUndoable();

  async function confirm(decided: Decided): Promise<void> {
    const decision = { kind: "dismiss" } as const;
    const { decisionId } = await persistently(() =>
      decideFlags({ activityId, decision, ...decided }),
    );
    tellDone(decisionId, "Dismissed", `The activity of ${displayName} stays as it is.`);
  }

  return (
    <DecisionDialog
      title="Nothing is wrong?"
      hint="Your reason is kept in the log of decisions."
      confirm="Dismiss"
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="font-semibold">
        {isDeleted
          ? "No points move: the activity does not count any more."
          : source === "strava"
            ? "No points move: the activity goes on counting."
            : `No points move: the activity goes on counting ${formatPoints(pointsEarned)}.`}
      </p>
      <p className="text-sm text-ink-soft">
        {formatCount(flags.length, "flag")} {flags.length === 1 ? "is" : "are"} closed. The same
        doubt is not raised again by Milepost unless the activity gets less likely.
      </p>
    </DecisionDialog>
  );
}

function RemoveDialog({ group, onClose }: FlagDialogProps) {
  const { activity, displayName } = group;
  const { activityId, typeName } = activity;
  const today = useToday();
  const decideFlags = useMutation(api.mutations.moderation.decideFlags);
  const tellDone = useUndoable();

  async function confirm(decided: Decided): Promise<void> {
    const decision = { kind: "remove" } as const;
    const { decisionId } = await persistently(() =>
      decideFlags({ activityId, decision, ...decided }),
    );
    tellDone(decisionId, `${typeName} removed`, `${displayName} is told, and can object.`);
  }

  return (
    <DecisionDialog
      title={`Remove ${typeName}?`}
      hint={`${displayName} reads your reason and can object once.`}
      confirm="Remove"
      isDanger
      onConfirm={confirm}
      onClose={onClose}
    >
      <EffectNote
        name={displayName}
        ask={(client) => client.query(api.queries.review.removal, { activityId, today })}
      />
      <p className="text-sm text-ink-soft">It is kept, without counting, and can be restored.</p>
    </DecisionDialog>
  );
}
