import { PencilLine } from "lucide-react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import { Button } from "../../components/Button";
import { Notice } from "../../components/States";
import type { FormDraft } from "./useDraft";

interface DraftNoticeProps<Values extends FieldValues> {
  draft: FormDraft<Values>;
  form: UseFormReturn<Values>;
}

/** Says that a form starts with what was left in it, which is not saved; and lets go of that. */
export function DraftNotice<Values extends FieldValues>({ draft, form }: DraftNoticeProps<Values>) {
  if (!draft.isRestored) return null;
  return (
    <Notice icon={PencilLine}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="font-semibold">This is what you typed before. It is not saved yet.</p>
        <Button
          size="sm"
          variant="secondary"
          onClick={() => {
            form.reset(draft.initial);
            draft.forget();
          }}
        >
          Start anew
        </Button>
      </div>
    </Notice>
  );
}
