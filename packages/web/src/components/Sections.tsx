import { useLocation } from "@tanstack/react-router";
import { useEffect, useRef, type ReactNode } from "react";

interface SectionsProps {
  /** What the pages have in common, for screen readers. */
  label: string;
  /** One link per page, each with `sectionLink` as its class. */
  links: ReactNode;
  children: ReactNode;
}

/** How a link of `Sections` looks; the router marks the current one. */
export const sectionLink =
  "flex min-h-11 items-center gap-2.5 rounded-xl px-3.5 text-[0.9375rem] font-semibold whitespace-nowrap text-ink-soft transition-colors hover:bg-sunken hover:text-ink aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent-ink [&_svg]:size-4.5 [&_svg]:shrink-0";

/** A page of several: its siblings beside it, on a phone in a row above it that scrolls sideways. */
export function Sections({ label, links, children }: SectionsProps) {
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const link = nav.current?.querySelector<HTMLElement>("[aria-current=page]");
    // Only the row moves, never the page: the row alone scrolls sideways, and it shows that it goes on both ways.
    if (nav.current && link) {
      nav.current.scrollLeft = link.offsetLeft - (nav.current.clientWidth - link.offsetWidth) / 2;
    }
  }, [pathname]);
  return (
    <div className="grid gap-6 lg:grid-cols-[13rem_minmax(0,1fr)] lg:gap-8">
      <nav
        ref={nav}
        aria-label={label}
        className="relative -mx-4 flex gap-1 overflow-x-auto px-4 pb-1 sm:-mx-6 sm:px-6 lg:sticky lg:top-6 lg:mx-0 lg:flex-col lg:self-start lg:overflow-visible lg:p-0"
      >
        {links}
      </nav>
      <div className="grid min-w-0 content-start gap-6">{children}</div>
    </div>
  );
}
