import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useMutation } from "convex/react";
import { useState } from "react";
import { Button } from "../../../components/Button";
import { Dialog } from "../../../components/Dialog";
import { Choice, FieldError } from "../../../components/Field";
import { messageOf } from "../../../lib/refusals";
import type { Rule } from "../../../lib/ruleWords";
import { useChallenge } from "../../challenges/challengeContext";
import { ImpactPanel } from "./ImpactPanel";
import { useImpact } from "./useImpact";

interface SaveRuleDialogProps {
  activityTypeId: Id<"activityTypes">;
  name: string;
  rule: Rule;
  /** Saves the rule; refuses by throwing. */
  save: () => Promise<void>;
  /** Saved; with the job that scores past activities again, where one was started. */
  onSaved: (jobId: Id<"jobs"> | null) => void;
  onClose: () => void;
}

const rescore = { kind: "rescore", dryRun: false } as const;

/** Before a changed rule is saved: what it would do to past activities, and whether it should. */
export function SaveRuleDialog(props: SaveRuleDialogProps) {
  const { activityTypeId, name, rule, save, onSaved, onClose } = props;
  const { challengeId } = useChallenge();
  const preview = useImpact(challengeId, activityTypeId, rule);
  const start = useMutation(api.mutations.maintenance.start);
  const [isPast, setIsPast] = useState(false);
  const [isPending, setIsPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function confirm(): Promise<void> {
    setIsPending(true);
    setProblem(null);
    try {
      await save();
      const job = isPast ? await start({ ...rescore, challengeId, activityTypeId }) : null;
      onSaved(job?.jobId ?? null);
    } catch (error) {
      setProblem(messageOf(error));
      setIsPending(false);
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={`Change ${name}?`}
      description="New activities count by the new rule at once."
    >
      <div className="grid gap-5">
        <ImpactPanel preview={preview} />
        <fieldset className="grid gap-2">
          <legend className="mb-2 text-sm font-semibold">What was logged so far</legend>
          <Choice
            type="radio"
            name="past"
            label="Keeps its points"
            hint="Only new activities count by the new rule."
            checked={!isPast}
            onChange={() => setIsPast(false)}
          />
          <Choice
            type="radio"
            name="past"
            label="Is counted again"
            hint="As said above. Each change is kept in the person's history."
            checked={isPast}
            onChange={() => setIsPast(true)}
          />
        </fieldset>
        {problem !== null && <FieldError>{problem}</FieldError>}
        <div className="flex flex-wrap justify-end gap-3">
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button pending={isPending} onClick={() => void confirm()}>
            {isPast ? "Save and count again" : "Save rule"}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
