import { useLocation } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { Children, useEffect, useId, useRef, useState, type ReactNode } from "react";
import { cn } from "../lib/cn";

/** So many links stand in a row or two on a phone; more are behind a button. */
const SHOWN_ON_A_PHONE = 5;

interface SectionsProps {
  /** What the pages have in common, for screen readers. */
  label: string;
  /** One link per page, each with `sectionLink` as its class. */
  links: ReactNode;
  children: ReactNode;
}

/** How a link of `Sections` looks; the router marks the current one. */
export const sectionLink =
  "flex min-h-11 items-center gap-2.5 rounded-xl px-3 text-[0.9375rem] font-semibold whitespace-nowrap text-ink-soft transition-colors hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-ink lg:px-3.5 [&_svg]:size-4.5 [&_svg]:shrink-0";

/** A page of several: its siblings beside it, on a phone above it; many of them are a list that opens there. */
export function Sections({ label, links, children }: SectionsProps) {
  const isLong = Children.count(links) > SHOWN_ON_A_PHONE;
  const { pathname } = useLocation();
  return (
    <div className="grid gap-6 lg:grid-cols-[13rem_minmax(0,1fr)] lg:gap-8">
      <nav aria-label={label} className="min-w-0 lg:sticky lg:top-6 lg:self-start">
        {isLong ? (
          <LongList key={pathname} label={label} links={links} />
        ) : (
          <div className="grid grid-cols-2 gap-1 sm:flex lg:flex-col">{links}</div>
        )}
      </nav>
      <div className="grid min-w-0 content-start gap-6">{children}</div>
    </div>
  );
}

/** On a phone only where one is, until it is opened. */
function LongList({ label, links }: Pick<SectionsProps, "label" | "links">) {
  const list = useRef<HTMLDivElement>(null);
  const listId = useId();
  const [isOpen, setIsOpen] = useState(false);
  const [current, setCurrent] = useState<string>();
  useEffect(() => {
    setCurrent(list.current?.querySelector("[aria-current=page]")?.textContent);
  }, []);
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={listId}
        onClick={() => setIsOpen(!isOpen)}
        className="flex h-11 w-full items-center justify-between rounded-xl border border-line-strong bg-surface px-3.5 font-semibold lg:hidden"
      >
        <span>
          <span className="sr-only">{label}: </span>
          {current ?? label}
        </span>
        <ChevronDown
          aria-hidden
          className={cn("size-4 text-ink-soft transition-transform", isOpen && "rotate-180")}
        />
      </button>
      <div
        ref={list}
        id={listId}
        className={cn(
          "mt-2 grid-cols-2 gap-1 lg:mt-0 lg:flex lg:flex-col",
          isOpen ? "grid" : "hidden",
        )}
      >
        {links}
      </div>
    </>
  );
}
