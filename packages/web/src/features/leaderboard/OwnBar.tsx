import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState, type ReactNode } from "react";
import { Button } from "../../components/Button";
import { Skeleton } from "../../components/Skeleton";
import { Streak } from "../../components/Streak";
import { formatNumber } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";
import { ownNews } from "./boardRows";

interface Own {
  rank: number | null;
  totalPoints: number;
  currentStreak: number;
}

/** The viewer's own place, pinned above the board. The one live region of the page speaks about it alone. */
export function OwnBar({ own }: { own: Own | undefined }) {
  const { challengeId } = useChallenge();
  return (
    <section
      aria-label="Your place"
      className="sticky top-2 z-20 before:absolute before:inset-x-0 before:-top-3 before:h-3 before:bg-canvas flex items-center gap-4 rounded-card border border-line bg-surface px-4 py-3 shadow-card sm:gap-8 sm:px-6"
    >
      {own === undefined ? (
        <Skeleton className="h-12 flex-1" />
      ) : (
        <dl className="flex flex-1 flex-wrap items-center justify-around gap-x-6 gap-y-1 sm:justify-start sm:gap-x-10">
          <Figure label="Rank">{own.rank === null ? "–" : formatNumber(own.rank)}</Figure>
          <Figure label="Points">{formatNumber(own.totalPoints)}</Figure>
          <Figure label="Streak">
            <Streak days={own.currentStreak} />
          </Figure>
        </dl>
      )}
      <Button asChild className="hidden sm:inline-flex">
        <Link to="/c/$challengeId/log" params={{ challengeId }}>
          <Plus aria-hidden />
          Log activity
        </Link>
      </Button>
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

function OwnNews({ own: { rank, totalPoints } }: { own: Own }) {
  const [last, setLast] = useState({ rank, totalPoints });
  const [news, setNews] = useState("");
  if (rank !== last.rank || totalPoints !== last.totalPoints) {
    setNews(ownNews(last, { rank, totalPoints }));
    setLast({ rank, totalPoints });
  }
  return <output className="sr-only">{news}</output>;
}
