import { api } from "@milepost/backend/api";
import { endOfDay } from "@milepost/backend/rules/dates";
import { Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { Flame, Gauge, Plus, Trophy, type LucideIcon } from "lucide-react";
import { useToday, useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { cn } from "../../lib/cn";
import { formatZone } from "../../lib/format";
import { browserZone } from "../../lib/today";
import { useNow } from "../../lib/useNow";
import { roomWords } from "../activities/roomWords";
import { isDayOpen, useLogWindow } from "../activities/useLogWindow";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import type { Progress } from "./calendar";
import { nextPlaceWords, streakState, streakWords, timeLeftWords } from "./todayWords";
import type { Comparison } from "./useComparison";

interface TodayCardProps {
  progress: Progress;
  comparison: Comparison;
  room: readonly RoomLine[];
}

/** An activity and what its limits leave, in words. */
interface RoomLine {
  name: string;
  text: string;
}

/** What today still needs: the streak, the next place, and what the limits leave. */
export function TodayCard({ progress, comparison: { own, above }, room }: TodayCardProps) {
  const { challengeId } = useChallenge();
  const today = useToday();
  if (!isDayOpen(useLogWindow(), today)) return null;
  const place =
    own === null ? null : nextPlaceWords({ ...own, totalPoints: progress.totalPoints }, above);
  return (
    <Card aria-labelledby="today-title">
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <h2 id="today-title" className="text-lg font-bold">
          Today
        </h2>
        <Button asChild size="sm">
          <Link to="/c/$challengeId/log" params={{ challengeId }}>
            <Plus aria-hidden />
            Log activity
          </Link>
        </Button>
      </div>
      <ul className="grid gap-4 sm:grid-cols-2">
        <StreakItem progress={progress} />
        {place !== null && <Item icon={Trophy} {...place} />}
      </ul>
      <RoomLeft lines={room} />
    </Card>
  );
}

function StreakItem({ progress }: { progress: Progress }) {
  const { streakMinPoints } = useChallenge();
  const today = useToday();
  const zone = useViewer()?.timezone ?? browserZone();
  const left = endOfDay(today, zone) - useNow();
  const streakPoints = progress.days.find(({ day }) => day === today)?.streakPoints ?? 0;
  const facts = { currentStreak: progress.currentStreak, streakPoints, streakMinPoints };
  const { title, text } = streakWords(facts);
  const isAtRisk = streakState(facts) === "atRisk";
  const until = `Today ends in ${timeLeftWords(left)} (${formatZone(zone)}).`;
  return (
    <Item
      icon={Flame}
      title={title}
      text={isAtRisk ? `${text} ${until}` : text}
      tone={isAtRisk ? "flame" : "accent"}
    />
  );
}

interface ItemProps {
  icon: LucideIcon;
  title: string;
  text: string;
  tone?: "accent" | "flame";
}

function Item({ icon: Icon, title, text, tone = "accent" }: ItemProps) {
  const tones = { accent: "bg-accent-soft text-accent-ink", flame: "bg-flame-soft text-flame-ink" };
  return (
    <li className="flex items-start gap-3.5">
      <span className={cn("grid size-11 shrink-0 place-items-center rounded-xl", tones[tone])}>
        <Icon className="size-5.5" aria-hidden />
      </span>
      <div className="min-w-0">
        <p className="font-bold">{title}</p>
        <p className="text-sm text-ink-soft">{text}</p>
      </div>
    </li>
  );
}

/** What the limits of the types leave on a day, by type; undefined while it loads. */
export function useRoomLeft(day: string): RoomLine[] | undefined {
  const { challengeId } = useChallenge();
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const rooms = useQuery(api.queries.progress.day, { challengeId, day });
  if (types === undefined || rooms === undefined) return undefined;
  return types.flatMap((type) => {
    const room = rooms.types.find(({ activityTypeId }) => activityTypeId === type.activityTypeId);
    const words =
      room === undefined || type.isRetired === true
        ? []
        : roomWords(type, room.room, { isToday: true });
    return words.length === 0 ? [] : [{ name: type.name, text: words.join(", ") }];
  });
}

function RoomLeft({ lines }: { lines: readonly RoomLine[] }) {
  if (lines.length === 0) return null;
  return (
    <div className="mt-5 border-t border-line pt-4">
      <h3 className="mb-2 flex items-center gap-2 text-sm font-bold">
        <Gauge className="size-4.5 text-ink-soft" aria-hidden />
        What the limits leave
      </h3>
      <dl className="grid gap-x-8 gap-y-1 text-sm sm:grid-cols-2">
        {lines.map(({ name, text }) => (
          <div key={name} className="flex justify-between gap-4">
            <dt className="shrink-0 text-ink-soft">{name}</dt>
            <dd className="text-right font-semibold tabular-nums">{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
