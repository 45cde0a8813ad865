import { useState } from "react";
import { messageOf } from "./refusals";

interface Attempts {
  isPending: boolean;
  /** Why the last try failed, in words; null while none did. */
  problem: string | null;
  /** Tries it; what it throws becomes the problem. */
  attempt: (act: () => Promise<unknown>) => Promise<void>;
}

/**
 * How something is done whose failure is said where it was asked for; `useDo` is for what has no such place.
 *
 * @param problemOf how a failure is said
 */
export function useAttempt(problemOf: (error: unknown) => string = messageOf): Attempts {
  const [open, setOpen] = useState(0);
  const [problem, setProblem] = useState<string | null>(null);

  async function attempt(act: () => Promise<unknown>): Promise<void> {
    setOpen((count) => count + 1);
    setProblem(null);
    try {
      await act();
    } catch (error) {
      setProblem(problemOf(error));
    }
    setOpen((count) => count - 1);
  }

  return { isPending: open > 0, problem, attempt };
}
