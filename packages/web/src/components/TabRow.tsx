import { useLocation } from "@tanstack/react-router";
import { Children, useEffect, useRef, type ReactNode } from "react";
import { cn } from "../lib/cn";

/** What stays between the left edge and the current link, in pixels. */
const GAP = 16;

interface TabRowProps {
  /** What the links have in common, for screen readers. */
  label: string;
  className?: string;
  children: ReactNode;
}

/** Links in a row, which scrolls where it is too narrow for them and then begins at the current one. */
export function TabRow({ label, className, children }: TabRowProps) {
  const row = useRef<HTMLElement>(null);
  const { href } = useLocation();
  // Some of the links come with an answer of the server.
  const count = Children.toArray(children).length;
  useEffect(() => {
    const current = row.current?.querySelector<HTMLElement>("[aria-current=page]");
    if (row.current === null || current === null || current === undefined) return;
    const { left, right } = row.current.getBoundingClientRect();
    const { left: from, right: to } = current.getBoundingClientRect();
    if (from < left || to > right) row.current.scrollLeft += from - left - GAP;
  }, [href, count]);
  return (
    <nav ref={row} aria-label={label} className={cn("flex gap-2 overflow-x-auto", className)}>
      {children}
    </nav>
  );
}
