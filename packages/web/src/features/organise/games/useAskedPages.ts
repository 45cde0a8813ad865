import { useState } from "react";
import { useAttempt } from "../../../lib/useAttempt";

interface Paged {
  continueCursor: number | null;
}

/** Pages of an answer that is asked for once and not followed. */
export interface AskedPages<Page> {
  /** The page that is shown; null before the first question. */
  page: Page | null;
  isAsking: boolean;
  /** What went wrong in words, null while nothing did. */
  problem: string | null;
  /** Asks for the first page, as things stand now. */
  ask: () => void;
  previous: (() => void) | null;
  next: (() => void) | null;
}

/** Asks for the pages of a preview one at a time. */
export function useAskedPages<Page extends Paged>(
  load: (cursor: number | null) => Promise<Page>,
): AskedPages<Page> {
  const [shown, setShown] = useState<{ page: Page; cursors: number[] } | null>(null);
  const { isPending, problem, attempt } = useAttempt();
  const show = (cursors: number[]): void =>
    void attempt(async () => setShown({ page: await load(cursors.at(-1) ?? null), cursors }));
  const cursors = shown?.cursors ?? [];
  const after = shown?.page.continueCursor ?? null;
  return {
    page: shown?.page ?? null,
    isAsking: isPending,
    problem,
    ask: () => show([]),
    previous: cursors.length === 0 ? null : () => show(cursors.slice(0, -1)),
    next: after === null ? null : () => show([...cursors, after]),
  };
}
