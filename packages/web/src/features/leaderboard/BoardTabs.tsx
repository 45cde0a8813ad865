import { api } from "@milepost/backend/api";
import { totalWeeks } from "@milepost/backend/rules/weeks";
import { Link, useNavigate } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { ChevronDown } from "lucide-react";
import { useToday } from "../../app/context";
import { TabRow } from "../../components/TabRow";
import { cn } from "../../lib/cn";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { presentWeek, type BoardSearch } from "./boardChoice";

const pill =
  "inline-flex h-10 shrink-0 items-center rounded-full border border-line px-4 text-sm font-semibold whitespace-nowrap text-ink-soft transition-colors hover:bg-sunken hover:text-ink aria-[current=page]:border-accent aria-[current=page]:bg-accent aria-[current=page]:text-on-accent";

/** The boards of a challenge: its total, its weeks and its categories. On a phone the row scrolls sideways. */
export function BoardTabs({ shown }: { shown: BoardSearch }) {
  const { challengeId } = useChallenge();
  const boards = useQuery(api.queries.leaderboards.boards, useSharedArgs());
  const { near } = shown;
  const tab = (label: string, board: BoardSearch) => (
    <Link
      key={label}
      to="/c/$challengeId"
      params={{ challengeId }}
      search={near === undefined ? board : { ...board, near }}
      activeOptions={{ exact: true }}
      className={pill}
    >
      {label}
    </Link>
  );
  return (
    <TabRow label="Boards" className="px-4 py-1 sm:flex-wrap sm:px-6">
      {tab("Total", {})}
      <WeekChoice shown={shown} />
      {boards?.categories.map((category) => tab(category, { category }))}
    </TabRow>
  );
}

/** The weeks that have begun, the present one first. */
function WeekChoice({ shown: { week, near } }: { shown: BoardSearch }) {
  const challenge = useChallenge();
  const navigate = useNavigate();
  const present = presentWeek(challenge, useToday());
  const last = totalWeeks(challenge.startsOn, challenge.endsOn);
  const weeks = Array.from({ length: present }, (_, index) => present - index);
  if (week !== undefined && week > present && week <= last) weeks.unshift(week);

  function choose(value: string): void {
    const { challengeId } = challenge;
    const board = value === "" ? {} : { week: Number(value) };
    const search = near === undefined ? board : { ...board, near };
    void navigate({ to: "/c/$challengeId", params: { challengeId }, search });
  }

  return (
    <span className="relative inline-flex shrink-0">
      <select
        aria-label="Board of a week"
        value={week === undefined ? "" : String(week)}
        onChange={({ target }) => choose(target.value)}
        className={cn(
          pill,
          "appearance-none pr-9",
          week !== undefined &&
            "border-accent bg-accent text-on-accent hover:bg-accent-strong hover:text-on-accent",
        )}
      >
        <option value="">By week</option>
        {weeks.map((number) => (
          <option key={number} value={number}>
            {number === present ? `Week ${number}, this week` : `Week ${number}`}
          </option>
        ))}
      </select>
      <ChevronDown
        aria-hidden
        className={cn(
          "pointer-events-none absolute top-3 right-3 size-4",
          week === undefined ? "text-ink-soft" : "text-on-accent",
        )}
      />
    </span>
  );
}
