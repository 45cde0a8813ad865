import { refusalOf } from "@milepost/backend/errors";
import { useCallback, useState } from "react";
import { useViewer } from "../../app/context";
import { draftKey, hasShapeOf, type Draft } from "../../lib/draft";
import { newRequestId } from "../../lib/requestId";
import { readStored, writeStored } from "../../lib/storage";
import { useChallenge } from "./challengeContext";

interface DraftOptions<Values> {
  /** Which form of the challenge, such as "rule:new". */
  form: string;
  /** What it changes, as it is now: a draft of something that has changed since is not taken up. */
  of: string;
  /** What the form starts with where nothing was left in it. */
  initial: Values;
  /** Shape of the form, see `hasShapeOf`. */
  example: Record<keyof Values, unknown>;
}

export interface FormDraft<Values> extends Draft<Values> {
  initial: Values;
  /** The form starts with what was left in it. */
  isRestored: boolean;
  keep: (values: Values) => void;
  /** What was typed is saved, or not wanted any more. */
  forget: () => void;
  /** To be told of a failed save: a request id that was used up by an earlier content is replaced. */
  failed: (error: unknown) => void;
}

interface Stored<Values> extends Draft<Values> {
  of: string;
}

/** What a person left in a form of this challenge on this device; it is kept while they type, until it is saved. */
export function useDraft<Values>(options: DraftOptions<Values>): FormDraft<Values> {
  const { form, of, example } = options;
  const { challengeId } = useChallenge();
  const key = draftKey(form, challengeId, useViewer()?.userId ?? "");
  const [initial] = useState(options.initial);
  const [left] = useState(() => {
    const isDraft = (stored: unknown): stored is Stored<Values> =>
      hasShapeOf({ requestId: "", of: "", values: example }, stored);
    const stored = readStored(key);
    return isDraft(stored) && stored.of === of ? stored : null;
  });
  const [requestId, setRequestId] = useState(() => left?.requestId ?? newRequestId());
  const [isRestored, setIsRestored] = useState(left !== null);

  const keep = useCallback(
    (values: Values): void => {
      const isAsBefore = JSON.stringify(values) === JSON.stringify(initial);
      writeStored(key, isAsBefore ? null : { requestId, of, values });
    },
    [key, requestId, of, initial],
  );

  const forget = useCallback((): void => {
    writeStored(key, null);
    setIsRestored(false);
  }, [key]);

  function failed(error: unknown): void {
    if (refusalOf(error)?.code === "IDEMPOTENCY_MISMATCH") setRequestId(newRequestId());
  }

  return { requestId, values: left?.values ?? initial, initial, isRestored, keep, forget, failed };
}
