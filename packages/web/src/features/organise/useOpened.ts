import { useState } from "react";

/** What a form was opened with. */
export interface Opened<Values> {
  values: Values;
  /** Another one is another form. */
  key: string;
  /** Starts the form again from what is saved now; null while that is what it was opened with. */
  onReopen: (() => void) | null;
  /** To be told that the form itself was saved: it starts again from that. */
  saved: () => void;
}

/**
 * Keeps what a form was opened with while somebody types, whatever others save meanwhile. The component stays with one
 * thing.
 *
 * @param now the form of what is saved now
 */
export function useOpened<Values>(now: Values): Opened<Values> {
  const [opened, setOpened] = useState<{ values: Values } | null>({ values: now });
  if (opened === null) setOpened({ values: now });
  const values = opened === null ? now : opened.values;
  const key = JSON.stringify(values);
  const reopen = (): void => setOpened(null);
  return { values, key, onReopen: key === JSON.stringify(now) ? null : reopen, saved: reopen };
}
