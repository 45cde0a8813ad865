import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { Bell as BellIcon } from "lucide-react";
import { unreadWords } from "./newsWords";

/** The way to the notifications, with how many of them are new. */
export function Bell() {
  const unread = useQuery(api.queries.notifications.unread, {});
  const isNew = unread !== undefined && (unread.count > 0 || unread.hasMore);
  return (
    <Link
      to="/notifications"
      className="relative grid size-11 place-items-center rounded-full text-ink-soft transition-colors hover:bg-sunken hover:text-ink aria-[current=page]:text-accent-ink"
    >
      <BellIcon className="size-5.5" aria-hidden />
      <span className="sr-only">Notifications{isNew && `, ${unreadWords(unread)} new`}</span>
      {isNew && (
        <span
          aria-hidden
          className="absolute top-0.5 right-0 grid h-5 min-w-5 place-items-center rounded-full bg-danger px-1 text-xs leading-none font-bold text-on-danger tabular-nums ring-2 ring-surface"
        >
          {unreadWords(unread)}
        </span>
      )}
    </Link>
  );
}
