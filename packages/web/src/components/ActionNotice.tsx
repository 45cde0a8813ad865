import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "./Button";
import { Notice } from "./States";

interface ActionNoticeProps {
  icon: LucideIcon;
  tone?: "info" | "warning";
  children: ReactNode;
  /** What the button says, and does. */
  action: string;
  onAction: () => void;
}

/** A notice with the one thing that can be done about it. */
export function ActionNotice({ children, action, onAction, ...notice }: ActionNoticeProps) {
  return (
    <Notice {...notice}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <output className="font-semibold">{children}</output>
        <Button size="sm" variant="secondary" onClick={onAction}>
          {action}
        </Button>
      </div>
    </Notice>
  );
}
