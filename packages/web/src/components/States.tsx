import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "../lib/cn";

interface StateProps {
  icon: LucideIcon;
  title: string;
  children?: ReactNode;
  /** The next step: one or two buttons. */
  action?: ReactNode;
  className?: string;
  /** Level of the title; a whole page uses 1. */
  level?: 1 | 2;
}

/** Nothing here yet, or nothing to see: what it means and what to do next. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
  className,
  level = 2,
}: StateProps) {
  const Title = `h${level}` as const;
  return (
    <div className={cn("grid justify-items-center gap-3 px-4 py-10 text-center", className)}>
      <span className="grid size-14 place-items-center rounded-2xl bg-accent-soft text-accent-ink">
        <Icon className="size-7" aria-hidden />
      </span>
      <Title className="text-lg font-bold">{title}</Title>
      {children !== undefined && <div className="max-w-md text-ink-soft">{children}</div>}
      {action !== undefined && (
        <div className="mt-2 flex flex-wrap justify-center gap-3">{action}</div>
      )}
    </div>
  );
}

/** A notice inside a page: information, a warning, or a failure. */
export function Notice({
  tone = "info",
  icon: Icon,
  children,
  role,
}: {
  tone?: "info" | "warning" | "danger";
  icon: LucideIcon;
  children: ReactNode;
  role?: "status" | "alert";
}) {
  const tones = {
    info: "bg-accent-soft text-accent-ink",
    warning: "bg-flame-soft text-flame-ink",
    danger: "bg-danger-soft text-danger-ink",
  };
  return (
    <div
      role={role}
      className={cn("flex items-start gap-3 rounded-xl px-4 py-3 text-sm", tones[tone])}
    >
      <Icon className="mt-0.5 size-4.5 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
