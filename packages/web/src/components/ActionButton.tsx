import type { LucideIcon } from "lucide-react";
import { useState, type ComponentProps, type ReactNode } from "react";
import { toast } from "sonner";
import { messageOf } from "../lib/refusals";
import { Button } from "./Button";

interface ActionButtonProps extends Pick<
  ComponentProps<typeof Button>,
  "className" | "variant" | "size"
> {
  icon: LucideIcon;
  /** Does it; what it throws is said as a message. */
  action: () => Promise<unknown>;
  /** What is said when it is done. */
  done: string;
  children: ReactNode;
}

/** A button that does one thing at once, and says how that went. */
export function ActionButton({ icon: Icon, action, done, children, ...rest }: ActionButtonProps) {
  const [isPending, setIsPending] = useState(false);

  async function run(): Promise<void> {
    setIsPending(true);
    try {
      await action();
      toast.success(done);
    } catch (error) {
      toast.error(messageOf(error));
    } finally {
      setIsPending(false);
    }
  }

  return (
    <Button size="sm" variant="secondary" {...rest} pending={isPending} onClick={() => void run()}>
      {!isPending && <Icon aria-hidden />}
      {children}
    </Button>
  );
}
