import { toast } from "sonner";
import { messageOf } from "./refusals";
import { useAttempt } from "./useAttempt";

interface Doing {
  /** True until all that was begun has ended. */
  isPending: boolean;
  /** Does it; a failure is said in a toast, and so is a success that has words here. */
  run: (act: () => Promise<unknown>, success?: string) => void;
}

/** How what has no form is done: it says how that went where people look anyway, and never throws. */
export function useDo(): Doing {
  const { isPending, attempt } = useAttempt();

  async function sayHowItWent(act: () => Promise<unknown>, success?: string): Promise<void> {
    try {
      await act();
      if (success !== undefined) toast.success(success);
    } catch (error) {
      toast.error(messageOf(error));
    }
  }

  return { isPending, run: (act, success) => void attempt(() => sayHowItWent(act, success)) };
}
