import { useEffect, type ReactNode } from "react";
import { cn } from "../lib/cn";

/** Names the page for the tab, the history and screen readers. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "Milepost" : `${title} · Milepost`;
  }, [title]);
}

/** The column every page lives in; `narrow` for forms. */
export function Page({ narrow = false, children }: { narrow?: boolean; children: ReactNode }) {
  return (
    <div
      className={cn(
        "mx-auto grid w-full gap-6 px-4 py-6 sm:px-6 sm:py-8",
        narrow ? "max-w-2xl" : "max-w-5xl",
      )}
    >
      {children}
    </div>
  );
}

export function PageHeader({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <header className="grid gap-1.5">
      <h1 className="text-2xl font-extrabold sm:text-3xl">{title}</h1>
      {children !== undefined && <div className="text-ink-soft">{children}</div>}
    </header>
  );
}
