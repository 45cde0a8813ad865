import { useState } from "react";
import { toast } from "sonner";
import { messageOf } from "./refusals";

interface Doing {
  /** True until what was done last has ended. */
  isPending: boolean;
  /** Does it; a failure is said in a toast, and so is a success that has words here. */
  run: (act: () => Promise<unknown>, success?: string) => void;
}

/** How what has no form is done: it says how that went where people look anyway, and never throws. */
export function useDo(): Doing {
  const [isPending, setIsPending] = useState(false);

  async function attempt(act: () => Promise<unknown>, success?: string): Promise<void> {
    setIsPending(true);
    try {
      await act();
      if (success !== undefined) toast.success(success);
    } catch (error) {
      toast.error(messageOf(error));
    }
    setIsPending(false);
  }

  return { isPending, run: (act, success) => void attempt(act, success) };
}
