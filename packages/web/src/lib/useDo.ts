import { useState } from "react";
import { toast } from "sonner";
import { messageOf } from "./refusals";

interface Doing {
  /** True until all that was begun has ended. */
  isPending: boolean;
  /** Does it; a failure is said in a toast, and so is a success that has words here. */
  run: (act: () => Promise<unknown>, success?: string) => void;
}

/** How what has no form is done: it says how that went where people look anyway, and never throws. */
export function useDo(): Doing {
  const [open, setOpen] = useState(0);

  async function attempt(act: () => Promise<unknown>, success?: string): Promise<void> {
    setOpen((count) => count + 1);
    try {
      await act();
      if (success !== undefined) toast.success(success);
    } catch (error) {
      toast.error(messageOf(error));
    }
    setOpen((count) => count - 1);
  }

  return { isPending: open > 0, run: (act, success) => void attempt(act, success) };
}
