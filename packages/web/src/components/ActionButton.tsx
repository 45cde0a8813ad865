import type { LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { useDo } from "../lib/useDo";
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
  const { isPending, run } = useDo();
  return (
    <Button
      size="sm"
      variant="secondary"
      {...rest}
      pending={isPending}
      onClick={() => run(action, done)}
    >
      {!isPending && <Icon aria-hidden />}
      {children}
    </Button>
  );
}
