import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button } from "../../components/Button";
import { Skeleton } from "../../components/Skeleton";
import { Streak } from "../../components/Streak";
import { formatNumber, formatPoints } from "../../lib/format";
import { useDo } from "../../lib/useDo";
import { useLogWindow } from "../activities/useLogWindow";
import { useChallenge } from "../challenges/challengeContext";
import { ownNews } from "./boardRows";
import { Movement } from "./Movement";
import { BASIS_WORDS, type Basis } from "./rankMovement";

export interface Own {
  /** null while it is not known, and for people who are not on the board. */
  rank: number | null;
  totalPoints: number;
  currentStreak: number;
  /** false: on no board, by their own wish. */
  isRanked: boolean;
  /** Ranks risen since then, where it is known. */
  moved: Array<{ basis: Basis; change: number }>;
  /** Who stands next above, and by how many points. */
  above: { displayName: string; points: number } | null;
}

/** The viewer's own place, pinned above the board. The one live region of the page speaks about it alone. */
export function OwnBar({ own, boardName }: { own: Own | undefined; boardName: string }) {
  const { challengeId } = useChallenge();
  const { isOpen } = useLogWindow();
  return (
    <section
      aria-label="Your place"
      className="sticky top-2 z-20 flex min-h-24 min-w-0 items-center gap-4 rounded-card border border-line bg-surface px-4 py-3 shadow-card before:absolute before:inset-x-0 before:-top-3 before:h-3 before:bg-canvas sm:min-h-19 sm:gap-8 sm:px-6"
    >
      {own === undefined ? (
        <Skeleton className="h-22 flex-1 sm:h-12" />
      ) : (
        <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-10 gap-y-1.5">
          <dl className="flex flex-1 items-center justify-around gap-x-6 sm:flex-none sm:justify-start sm:gap-x-10">
            <Figure label={boardName === "Total" ? "Rank" : `Rank, ${boardName}`}>
              {own.rank === null ? "–" : formatNumber(own.rank)}
            </Figure>
            <Figure label="Points">{formatNumber(own.totalPoints)}</Figure>
            <Figure label="Streak">
              <Streak days={own.currentStreak} />
            </Figure>
          </dl>
          <OwnNotes own={own} />
        </div>
      )}
      {isOpen && (
        <Button asChild className="hidden sm:inline-flex">
          <Link to="/c/$challengeId/log" params={{ challengeId }}>
            <Plus aria-hidden />
            Log activity
          </Link>
        </Button>
      )}
      {own !== undefined && <OwnNews own={own} />}
    </section>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex flex-col-reverse">
      <dt className="text-xs text-ink-soft">{label}</dt>
      <dd className="text-xl leading-tight font-extrabold tabular-nums sm:text-2xl">{children}</dd>
    </div>
  );
}

/** How the place came about and what is next. On a phone its two lines have their room before they are known. */
function OwnNotes({ own: { isRanked, moved, above } }: { own: Own }) {
  if (!isRanked) return <Unranked />;
  const steps = moved.filter(({ change }) => change !== 0);
  return (
    <ul className="flex min-h-10 min-w-0 basis-full flex-wrap content-start justify-center gap-x-4 text-sm text-ink-soft empty:invisible sm:min-h-0 sm:basis-auto sm:flex-col">
      {steps.map(({ basis, change }) => (
        <li key={basis} className="flex items-center gap-1.5">
          <Movement change={change} basis={basis} className="text-sm" />
          <span aria-hidden>since {BASIS_WORDS[basis]}</span>
        </li>
      ))}
      {above !== null && (
        <li className="truncate">
          {formatPoints(above.points)} behind {above.displayName}
        </li>
      )}
    </ul>
  );
}

/** For people who are on no board by their own wish. */
function Unranked() {
  const { challengeId, isFinal } = useChallenge();
  const setRanked = useMutation(api.mutations.participations.setRanked);
  const { isPending, run } = useDo();
  const comeBack = (): void =>
    run(() => setRanked({ challengeId, ranked: true }), "You are on the board again.");
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-ink-soft">
      <p>You are not ranked: nobody sees you on a board.</p>
      {!isFinal && (
        <Button size="sm" variant="secondary" pending={isPending} onClick={comeBack}>
          Rank me again
        </Button>
      )}
    </div>
  );
}

function OwnNews({ own: { rank, totalPoints } }: { own: Own }) {
  const [last, setLast] = useState({ rank, totalPoints });
  const [news, setNews] = useState("");
  if (rank !== last.rank || totalPoints !== last.totalPoints) {
    setNews(ownNews(last, { rank, totalPoints }));
    setLast({ rank, totalPoints });
  }
  return <output className="sr-only">{news}</output>;
}
