import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useMutation } from "convex/react";
import { useForm, useWatch } from "react-hook-form";
import { toast } from "sonner";
import { Choice } from "../../../components/Field";
import { FormDialog } from "../../../components/FormDialog";
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

/** What becomes of the points of what was logged so far. */
interface Wish {
  past: "keep" | "again";
}

const rescore = { kind: "rescore", dryRun: false } as const;

/** Before a changed rule is saved: what it would do to past activities, and whether it should. */
export function SaveRuleDialog(props: SaveRuleDialogProps) {
  const { activityTypeId, name, rule, save, onSaved, onClose } = props;
  const { challengeId } = useChallenge();
  const preview = useImpact(challengeId, activityTypeId, rule);
  const start = useMutation(api.mutations.maintenance.start);
  const form = useForm<Wish>({ defaultValues: { past: "keep" } });
  const isPast = useWatch({ control: form.control, name: "past" }) === "again";

  async function countAgain(): Promise<Id<"jobs"> | null> {
    try {
      const { jobId } = await start({ ...rescore, challengeId, activityTypeId });
      return jobId;
    } catch (error) {
      toast.error("The rule is saved, but the past is not counted again.", {
        description: messageOf(error),
      });
      return null;
    }
  }

  async function confirm({ past }: Wish): Promise<void> {
    await save();
    onSaved(past === "again" ? await countAgain() : null);
  }

  return (
    <FormDialog
      form={form}
      confirm={isPast ? "Save and count again" : "Save rule"}
      onConfirm={confirm}
      onClose={onClose}
      title={`Change ${name}?`}
      description="New activities count by the new rule at once."
    >
      <ImpactPanel preview={preview} />
      <fieldset className="grid gap-2">
        <legend className="mb-2 text-sm font-semibold">What was logged so far</legend>
        <Choice
          type="radio"
          value="keep"
          label="Keeps its points"
          hint="Only new activities count by the new rule."
          {...form.register("past")}
        />
        <Choice
          type="radio"
          value="again"
          label="Is counted again"
          hint="As said above. Each change is kept in the person's history."
          {...form.register("past")}
        />
      </fieldset>
    </FormDialog>
  );
}
