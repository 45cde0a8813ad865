import { openDays } from "@milepost/backend/rules/logWindow";
import { useToday, useViewer } from "../../app/context";
import { formatDay } from "../../lib/format";
import { browserZone } from "../../lib/today";
import { useNow } from "../../lib/useNow";
import { isOrganiser, useChallenge } from "../challenges/challengeContext";

export interface LogWindow {
  /** Days a participant can log now, both included; empty when earliest is after latest. */
  earliest: string;
  latest: string;
  /** The earliest day an organiser can reach by giving a reason; equals `earliest` for everybody else. */
  organiserEarliest: string;
  isOpen: boolean;
  /** The day a new entry starts with: today, or the last one that is open. */
  defaultDay: string;
  /** The window in words. */
  words: string;
}

/** The days the viewer can log on now, by the rule the deployment itself applies. */
export function useLogWindow(): LogWindow {
  const { isFinal, ...challenge } = useChallenge();
  const viewer = useViewer();
  const today = useToday();
  const nowMs = useNow();
  const zone = viewer?.timezone ?? browserZone();
  const { earliest, latest } = openDays(challenge, { nowMs, zone, isAdmin: false });
  const asOrganiser = openDays(challenge, { nowMs, zone, isAdmin: true });
  const mayReachFurther = isOrganiser({ isFinal, ...challenge }) && !isFinal;
  const organiserEarliest = mayReachFurther ? asOrganiser.earliest : earliest;
  const isOpen = !isFinal && organiserEarliest <= latest;
  const defaultDay = today < latest ? today : latest;
  const words = windowWords({ earliest, latest, today, startsOn: challenge.startsOn });
  return { earliest, latest, organiserEarliest, isOpen, defaultDay, words };
}

/** Whether a participant can log on this day now, and so bring back what was deleted from it. */
export function isDayOpen(
  { earliest, latest }: Pick<LogWindow, "earliest" | "latest">,
  day: string | null,
): boolean {
  return day !== null && day >= earliest && day <= latest;
}

interface DaysInWords {
  earliest: string;
  latest: string;
  today: string;
  startsOn: string;
}

/** The open days in words, for someone whose day is `today`. */
export function windowWords({ earliest, latest, today, startsOn }: DaysInWords): string {
  if (today < startsOn) return `Logging opens on ${formatDay(startsOn, "long")}.`;
  if (earliest > latest) return "Entries are closed for participants.";
  if (earliest === latest)
    return `Only ${latest === today ? "today" : formatDay(latest, "long")} is open.`;
  const last = latest === today ? "today" : formatDay(latest, "long");
  return `Days from ${formatDay(earliest, "long")} to ${last} are open.`;
}
