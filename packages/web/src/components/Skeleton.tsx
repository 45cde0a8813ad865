import type { ReactNode } from "react";
import { cn } from "../lib/cn";

/** A grey shape where content will be. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-pulse rounded-lg bg-sunken", className)} />;
}

/** Says once that something loads; wraps the skeletons of its final shape. */
export function Loading({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div aria-busy="true">
      <output className="sr-only">{label}</output>
      {children}
    </div>
  );
}

/** Rows of a list that loads. */
export function SkeletonRows({ count, className }: { count: number; className?: string }) {
  return (
    <div className="grid gap-2">
      {Array.from({ length: count }, (_, index) => (
        <Skeleton key={index} className={cn("h-14", className)} />
      ))}
    </div>
  );
}
