import { Megaphone, X } from "lucide-react";
import { Button } from "../../components/Button";
import { formatInstant } from "../../lib/format";
import { useOpenAnnouncement } from "./announcementState";
import { useChallenge } from "./challengeContext";

/** The organisers' word to everybody, until it is closed. */
export function AnnouncementBanner() {
  const { open, close } = useOpenAnnouncement(useChallenge());
  if (open === undefined) return null;
  return (
    <aside
      aria-label="Announcement"
      className="flex items-start gap-3 rounded-card bg-flame-soft px-5 py-4 text-flame-ink"
    >
      <Megaphone className="mt-0.5 size-5 shrink-0" aria-hidden />
      <div className="grid min-w-0 flex-1 gap-0.5">
        <p className="font-semibold whitespace-pre-line">{open.text}</p>
        <p className="text-sm">From the organisers, {formatInstant(open.at)}</p>
      </div>
      <Button
        variant="ghost"
        size="iconSm"
        aria-label="Close the announcement"
        className="-mt-1 -mr-2 text-flame-ink"
        onClick={close}
      >
        <X aria-hidden />
      </Button>
    </aside>
  );
}
