import { useState } from "react";
import { toast } from "sonner";
import { messageOf } from "../../../lib/refusals";

/** Does something and says how it went; `isPending` until then. */
export function useDo(): {
  isPending: boolean;
  run: (act: () => Promise<unknown>, success: string) => void;
} {
  const [isPending, setIsPending] = useState(false);
  async function act(deed: () => Promise<unknown>, success: string): Promise<void> {
    setIsPending(true);
    try {
      await deed();
      toast.success(success);
    } catch (error) {
      toast.error(messageOf(error));
    }
    setIsPending(false);
  }
  return { isPending, run: (deed, success) => void act(deed, success) };
}
