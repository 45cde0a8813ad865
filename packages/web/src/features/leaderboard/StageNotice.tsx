import { Link } from "@tanstack/react-router";
import { CalendarClock, Hourglass, Snowflake, Trophy } from "lucide-react";
import { Button } from "../../components/Button";
import { Notice } from "../../components/States";
import { formatDay, formatZone } from "../../lib/format";
import { useNow } from "../../lib/useNow";
import { useChallenge } from "../challenges/challengeContext";
import { waitingWords } from "../challenges/countdown";
import { boardNews } from "./stageWords";

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Why the board does not move as usual: not begun, in its last hours, frozen or final. */
export function StageNotice() {
  const challenge = useChallenge();
  const now = useNow();
  const news = boardNews(challenge, now);
  if (news === null) return null;
  const zone = formatZone(challenge.timezone);
  if (news.kind === "upcoming")
    return (
      <Notice icon={CalendarClock}>
        <p className="text-base font-bold">Starts in {waitingWords(news.startsAt - now)}</p>
        <p>
          On {formatDay(challenge.startsOn, "long")} in the zone {zone}, which is{" "}
          {moment.format(news.startsAt)} your time. Until then nobody has points.
        </p>
      </Notice>
    );
  if (news.kind === "grace")
    return (
      <Notice icon={Hourglass} tone="warning">
        <p className="text-base font-bold">The last day is over</p>
        <p>
          What was done until {formatDay(challenge.endsOn, "long")} can still be entered for{" "}
          {waitingWords(news.closesAt - now)}, until {moment.format(news.closesAt)} your time. Then
          the board is frozen.
        </p>
      </Notice>
    );
  if (news.kind === "closed")
    return (
      <Notice icon={Snowflake} tone="warning">
        <p className="text-base font-bold">The board is frozen</p>
        <p>Entries are closed. The organisers look things over before the standings are final.</p>
      </Notice>
    );
  return (
    <div className="flex flex-wrap items-center justify-between gap-4 rounded-card bg-flame-soft px-5 py-4 text-flame-ink">
      <p className="flex items-center gap-3 font-bold">
        <Trophy className="size-6 shrink-0" aria-hidden />
        This challenge is over. The standings are final.
      </p>
      <Button asChild variant="secondary">
        <Link to="/c/$challengeId/standings" params={{ challengeId: challenge.challengeId }}>
          See the final standings
        </Link>
      </Button>
    </div>
  );
}
