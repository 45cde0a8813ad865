import { Flame } from "lucide-react";
import { useRef, useState, type KeyboardEvent } from "react";
import { cn } from "../../lib/cn";
import { formatCount, formatDay, formatNumber, formatPoints, formatSigned } from "../../lib/format";
import { calendarWeeks, dayAfterKey, dayWords, type CalendarDay } from "./calendar";

const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const LEVELS = [
  "bg-sunken text-ink-soft",
  "bg-[light-dark(#e0f0e7,#173528)] text-accent-ink",
  "bg-[light-dark(#b9dfca,#1e4a37)] text-[light-dark(#0b452f,#c9f3de)]",
  "bg-[light-dark(#2c8560,#2e7d5a)] text-white",
  "bg-accent text-on-accent",
];

/** The days of the challenge, a week a row: points in figures, a flame where the day counts for the streak. */
export function StreakCalendar({ days }: { days: readonly CalendarDay[] }) {
  const [first, last] = [days[0], days.at(-1)];
  const start = days.find(({ isToday }) => isToday) ?? last;
  const [chosen, setChosen] = useState(start?.day ?? "");
  const grid = useRef<HTMLTableElement>(null);
  const shown = days.find(({ day }) => day === chosen);
  if (first === undefined || last === undefined) return null;
  const span = { startsOn: first.day, endsOn: last.day };

  function onKeyDown(event: KeyboardEvent): void {
    const target = dayAfterKey(event.key, chosen, span);
    if (target === null) return;
    event.preventDefault();
    setChosen(target);
    grid.current?.querySelector<HTMLElement>(`[data-day="${target}"]`)?.focus();
  }

  return (
    <div className="grid gap-4">
      <div className="max-h-[28rem] overflow-y-auto">
        <table
          ref={grid}
          aria-label="Points of each day"
          className="w-full table-fixed border-separate border-spacing-1"
        >
          <thead>
            <tr className="text-xs text-ink-soft">
              {WEEKDAYS.map((name) => (
                <th key={name} scope="col" className="font-normal">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {calendarWeeks(days).map((week, row) => (
              <tr key={row}>
                {week.map((one, column) => (
                  <td key={column} className="p-0">
                    {one !== null && (
                      <DayButton
                        one={one}
                        isChosen={one.day === chosen}
                        onChoose={setChosen}
                        onKeyDown={onKeyDown}
                      />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown !== undefined && <DayDetails one={shown} />}
    </div>
  );
}

interface DayButtonProps {
  one: CalendarDay;
  isChosen: boolean;
  onChoose: (day: string) => void;
  /** Arrow keys go from day to day. */
  onKeyDown: (event: KeyboardEvent) => void;
}

function DayButton({ one, isChosen, onChoose, onKeyDown }: DayButtonProps) {
  const { day, points, streak, level, isFuture, isToday } = one;
  return (
    <button
      type="button"
      data-day={day}
      aria-pressed={isChosen}
      tabIndex={isChosen ? 0 : -1}
      onClick={() => onChoose(day)}
      onKeyDown={onKeyDown}
      className={cn(
        "grid h-12 w-full content-between justify-items-center rounded-lg px-1 py-1 text-sm leading-tight font-bold tabular-nums",
        isFuture ? "border border-dashed border-line text-ink-soft" : LEVELS[level],
        points < 0 && "bg-danger-soft text-danger-ink",
        isToday && "ring-2 ring-flame ring-inset",
        isChosen && "outline-2 outline-offset-1 outline-ink",
      )}
    >
      <span className="sr-only">{dayWords(one)}</span>
      <span
        aria-hidden
        className="flex w-full items-center justify-between text-[0.6875rem] font-medium"
      >
        {Number(day.slice(-2))}
        {streak > 0 && <Flame className="size-3 fill-current" />}
      </span>
      {!isFuture && <span aria-hidden>{points === 0 ? "–" : formatNumber(points)}</span>}
    </button>
  );
}

function DayDetails({ one }: { one: CalendarDay }) {
  const { day, points, activityCount, streak, streakBonusPoints, isFuture } = one;
  return (
    <div className="rounded-xl bg-sunken px-4 py-3" aria-live="polite">
      <p className="font-bold">{formatDay(day, "long")}</p>
      {isFuture ? (
        <p className="text-sm text-ink-soft">Still to come.</p>
      ) : (
        <p className="text-sm text-ink-soft">
          <span className="font-semibold text-ink">{formatPoints(points)}</span> from{" "}
          {formatCount(activityCount, "activity", "activities")}
          {streak > 0 && `, day ${formatNumber(streak)} of a streak`}
          {streakBonusPoints > 0 && ` (${formatSigned(streakBonusPoints)} for it)`}.
        </p>
      )}
    </div>
  );
}
