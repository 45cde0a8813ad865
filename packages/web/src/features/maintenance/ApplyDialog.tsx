import { useForm } from "react-hook-form";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Field, Input } from "../../components/Field";

const DEEDS = {
  repair: {
    title: "Repair the totals?",
    description:
      "Everything that is counted from the activities is written anew where it differs. The activities and the record of points stay as they are.",
    confirm: "Apply the repair",
  },
  rescore: {
    title: "Score everything anew?",
    description:
      "Every activity gets the points of the rules of now, and streaks and awards follow. People see their points change, each with a reason.",
    confirm: "Apply the rescore",
  },
  backfill: {
    title: "Rebuild everything?",
    description:
      "All sums, boards and ranks are built again from the activities. Pages show what was stored until it is through.",
    confirm: "Rebuild",
  },
} as const;
export type AppliedKind = keyof typeof DEEDS;

interface ApplyDialogProps {
  kind: AppliedKind;
  onApply: () => void;
  onClose: () => void;
}

/** Asks for the deed as a typed word before a whole challenge is written to. */
export function ApplyDialog({ kind, onApply, onClose }: ApplyDialogProps) {
  const { title, description, confirm } = DEEDS[kind];
  const word = kind === "backfill" ? "rebuild" : kind;
  const { register, handleSubmit, formState } = useForm<{ typed: string }>();
  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title={title}
      description={description}
    >
      <form
        noValidate
        className="grid gap-5"
        onSubmit={(event) =>
          void handleSubmit(() => {
            onClose();
            onApply();
          })(event)
        }
      >
        <Field label={`Type “${word}” to confirm`} error={formState.errors.typed?.message}>
          {(control) => (
            <Input
              {...control}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              {...register("typed", {
                validate: (typed) => typed.trim().toLowerCase() === word || `Type ${word}.`,
              })}
            />
          )}
        </Field>
        <div className="flex flex-wrap justify-end gap-3">
          <Button variant="secondary" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit">{confirm}</Button>
        </div>
      </form>
    </Dialog>
  );
}
