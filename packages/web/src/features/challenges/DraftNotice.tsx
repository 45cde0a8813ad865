import { PencilLine } from "lucide-react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import { ActionNotice } from "../../components/ActionNotice";
import type { FormDraft } from "./useDraft";

interface DraftNoticeProps<Values extends FieldValues> {
  draft: FormDraft<Values>;
  form: UseFormReturn<Values>;
}

/** Says that a form starts with what was left in it, which is not saved; and lets go of that. */
export function DraftNotice<Values extends FieldValues>({ draft, form }: DraftNoticeProps<Values>) {
  if (!draft.isRestored) return null;
  function startAnew(): void {
    form.reset(draft.initial);
    draft.forget();
  }
  return (
    <ActionNotice icon={PencilLine} action="Start anew" onAction={startAnew}>
      This is what you typed before. It is not saved yet.
    </ActionNotice>
  );
}
