import { Link } from "@tanstack/react-router";
import { Trophy } from "lucide-react";
import { useState } from "react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Loading, Skeleton } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { useLogWindow } from "../activities/useLogWindow";
import { useNow } from "../../lib/useNow";
import { isMember, useChallenge } from "../challenges/challengeContext";
import { AroundRows } from "./AroundRows";
import { BoardTable } from "./BoardTable";
import { BoardTabs } from "./BoardTabs";
import { BoardTools } from "./BoardTools";
import { boardArgsOf, boardLabel, type BoardSearch } from "./boardChoice";
import { nextAbove } from "./boardRows";
import { Freshness } from "./Freshness";
import { LoadMore } from "./LoadMore";
import { knownBases, movementOf, type Basis } from "./rankMovement";
import { OwnBar, type Own } from "./OwnBar";
import { useAround, useOwnRow } from "./useAround";
import { useBoard, type Board } from "./useBoard";
import { boardNews } from "./stageWords";
import { useLastLook } from "./useLastLook";
import type { Look } from "./lastLook";

/** The viewer's own place on the board, live; null when they take no part, undefined while loading. */
function useOwn(search: BoardSearch, board: Board, look: Look | null): Own | null | undefined {
  const challenge = useChallenge();
  const userId = challenge.viewer?.userId;
  const args = boardArgsOf(search);
  const own = useOwnRow(args);
  const live = board.rows?.slice(0, board.liveCount);
  const isOnPage = live?.some((row) => row.userId === userId) === true;
  // A row on a live page has its exact rank at hand; elsewhere it is asked for.
  const isAsked = own?.isRanked === true && live !== undefined && !isOnPage;
  const asked = useAround({
    board: args,
    userId: isAsked ? userId : undefined,
    count: 1,
    trigger: own?.totalPoints,
  });
  if (own === undefined) return undefined;
  if (own === null || userId === undefined) return null;
  const rows = (isOnPage ? live : asked.rows) ?? [];
  const row = rows.find((one) => one.userId === userId);
  const bases: Basis[] = ["yesterday", "lastLook"];
  const moved = bases.flatMap((basis) => {
    const change = row && movementOf(row, basis, look);
    return change === undefined ? [] : [{ basis, change }];
  });
  const { totalPoints, currentStreak, isRanked } = own;
  const rank = row?.rank ?? null;
  return { rank, totalPoints, currentStreak, isRanked, moved, above: nextAbove(rows, userId) };
}

interface BoardCardProps {
  board: BoardSearch;
  /** Whose part of the board is shown; undefined = the top. */
  near: string | undefined;
}

/** One board: the own place, the ways to look at it, and its rows. */
export function BoardCard({ board: search, near }: BoardCardProps) {
  const challenge = useChallenge();
  const board = useBoard(boardArgsOf(search));
  const label = boardLabel(search);
  const look = useLastLook(label, board.rows);
  const own = useOwn(search, board, look);
  const [wish, setWish] = useState<Basis | null>(null);
  const bases = knownBases(board.rows ?? [], look);
  const basis = bases.find((one) => one === wish) ?? bases[0] ?? null;
  const viewerId = challenge.viewer?.userId;
  const shown = { ownUserId: viewerId, basis, look };
  return (
    <>
      {isMember(challenge) && own !== null && <OwnBar own={own} boardName={label} />}
      <section
        aria-labelledby="board-title"
        className="min-w-0 rounded-card border border-line bg-surface shadow-card"
      >
        <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1 px-4 pt-4 pb-3 sm:px-6 sm:pt-5">
          <h1 id="board-title" className="text-lg font-bold">
            Leaderboard
            {label !== "Total" && <span className="text-ink-soft">: {label}</span>}
          </h1>
          <HowFresh rows={board.rows} />
        </div>
        <BoardTabs shown={near === undefined ? search : { ...search, near }} />
        <BoardTools
          board={search}
          near={near}
          bases={bases}
          basis={basis}
          onBasis={setWish}
          hasOwnPlace={isMember(challenge) && own?.isRanked !== false}
        />
        {near === undefined ? (
          <TopRows board={board} label={label} shown={shown} />
        ) : (
          <AroundRows
            key={near}
            board={search}
            userId={near === "me" ? viewerId : near}
            label={label}
            shown={shown}
            trigger={own?.totalPoints}
          />
        )}
      </section>
      {near === undefined && board.rows !== undefined && board.rows.length > board.liveCount && (
        <p className="text-center text-sm text-ink-soft">
          The first {board.liveCount} places move live; those below are as of when they were loaded.
        </p>
      )}
    </>
  );
}

/** Whether the board moves: live, frozen or final. */
function HowFresh({ rows }: { rows: Board["rows"] }) {
  const challenge = useChallenge();
  const news = boardNews(challenge, useNow());
  if (news?.kind === "final") return <Badge tone="flame">Final</Badge>;
  return news?.kind === "closed" ? <Badge>Frozen</Badge> : <Freshness of={rows} />;
}

export interface Shown {
  ownUserId: string | undefined;
  basis: Basis | null;
  look: Look | null;
}

function TopRows({ board, label, shown }: { board: Board; label: string; shown: Shown }) {
  if (board.rows === undefined) return <BoardSkeleton />;
  if (board.rows.length === 0) return <EmptyBoard label={label} />;
  return (
    <>
      <BoardTable
        caption={`Leaderboard, ${label}. It updates by itself.`}
        rows={board.rows}
        isPart={board.hasMore}
        {...shown}
      />
      {board.hasMore && <LoadMore isLoading={board.isLoadingMore} onMore={board.showMore} />}
    </>
  );
}

function EmptyBoard({ label }: { label: string }) {
  const challenge = useChallenge();
  const { isOpen } = useLogWindow();
  return (
    <EmptyState
      icon={Trophy}
      title={label === "Total" ? "Nobody has joined yet" : "Nobody has points here yet"}
      action={
        isMember(challenge) &&
        isOpen && (
          <Button asChild>
            <Link to="/c/$challengeId/log" params={{ challengeId: challenge.challengeId }}>
              Log the first activity
            </Link>
          </Button>
        )
      }
    >
      As soon as someone logs, they stand here.
    </EmptyState>
  );
}

export function BoardSkeleton() {
  return (
    <Loading label="Loading the leaderboard">
      <div className="grid gap-px p-4 sm:px-6">
        {Array.from({ length: 8 }, (_, index) => (
          <div key={index} className="flex h-14 items-center gap-4">
            <Skeleton className="size-8 rounded-full" />
            <Skeleton className="h-5 flex-1" />
            <Skeleton className="h-5 w-12" />
          </div>
        ))}
      </div>
    </Loading>
  );
}
