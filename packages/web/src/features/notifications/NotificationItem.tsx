import { Check } from "lucide-react";
import { Button } from "../../components/Button";
import { cn } from "../../lib/cn";
import { NEWS_ICONS } from "./newsIcons";
import { NewsLink } from "./NewsLink";
import { newsWords, type Notification } from "./newsWords";

interface NotificationItemProps {
  notification: Notification;
  /** The time of the day, in the zone of the heading above. */
  time: string;
  onRead: () => void;
}

/** One piece of news; a link to what it is about, which marks it as read. */
export function NotificationItem({ notification, time, onRead }: NotificationItemProps) {
  const { news, at, isRead, challengeName } = notification;
  const Icon = NEWS_ICONS[news.kind];
  return (
    <li
      className={cn(
        "relative flex items-start gap-3.5 px-4 py-3.5 first:rounded-t-card last:rounded-b-card has-[a:hover]:bg-sunken sm:px-5",
        !isRead && "bg-accent-soft/40",
      )}
    >
      <span
        className={cn(
          "grid size-10 shrink-0 place-items-center rounded-xl",
          isRead ? "bg-sunken text-ink-soft" : "bg-accent-soft text-accent-ink",
        )}
      >
        <Icon className="size-5" aria-hidden />
      </span>
      <div className="grid min-w-0 flex-1 gap-0.5">
        <NewsLink
          notification={notification}
          onClick={onRead}
          // The whole row is the target, the words are its name.
          className="rounded after:absolute after:inset-0"
        >
          {!isRead && <span className="sr-only">New: </span>}
          <span className={isRead ? "font-medium" : "font-bold"}>{newsWords(news)}.</span>
        </NewsLink>
        <span className="text-sm text-ink-soft">
          {challengeName !== undefined && `${challengeName} · `}
          <time dateTime={new Date(at).toISOString()}>{time}</time>
        </span>
      </div>
      {!isRead && (
        <Button
          variant="ghost"
          size="iconSm"
          className="relative -mr-1.5"
          aria-label={`Mark as read: ${newsWords(news)}`}
          title="Mark as read"
          onClick={onRead}
        >
          <Check aria-hidden />
        </Button>
      )}
    </li>
  );
}
