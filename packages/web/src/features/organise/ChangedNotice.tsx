import { RefreshCw } from "lucide-react";
import { ActionNotice } from "../../components/ActionNotice";
import type { FormDraft } from "../challenges/useDraft";
import type { Opened } from "./useOpened";

interface ChangedNoticeProps<Values> {
  draft: FormDraft<Values>;
  onReopen: Opened<Values>["onReopen"];
}

/** Says that somebody saved what the form changes while it was open. What is typed stays until they let go of it. */
export function ChangedNotice<Values>({ draft, onReopen }: ChangedNoticeProps<Values>) {
  if (onReopen === null) return null;
  const showNew = (): void => {
    draft.forget();
    onReopen();
  };
  return (
    <ActionNotice icon={RefreshCw} tone="warning" action="Show the new one" onAction={showNew}>
      It changed meanwhile. Saving puts what stands here in its place.
    </ActionNotice>
  );
}
