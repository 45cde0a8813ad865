import { Link } from "@tanstack/react-router";
import { useConvexConnectionState } from "convex/react";
import { Radio, Trophy } from "lucide-react";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { usePageTitle } from "../../components/Page";
import { Loading, Skeleton } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { isMember, useChallenge } from "../challenges/challengeContext";
import { BoardTable } from "./BoardTable";
import { OwnBar } from "./OwnBar";
import { useBoard } from "./useBoard";
import { useOwnRank, useOwnRow } from "./useOwnStanding";

export function BoardPage() {
  const challenge = useChallenge();
  const board = useBoard();
  const ownRow = useOwnRow();
  const ownUserId = challenge.viewer?.userId;
  const rowOnBoard = board.rows
    ?.slice(0, board.liveCount)
    .find(({ userId }) => userId === ownUserId);
  // A row on a live page has its exact rank at hand; elsewhere the rank is asked for.
  const hasOwnRow = ownRow !== undefined && ownRow !== null;
  const isRankWanted = hasOwnRow && board.rows !== undefined && rowOnBoard === undefined;
  const askedRank = useOwnRank(isRankWanted, ownRow?.totalPoints);
  const rank = rowOnBoard?.rank ?? askedRank;
  usePageTitle(challenge.name);
  return (
    <>
      {isMember(challenge) && ownRow !== null && (
        <OwnBar own={ownRow === undefined ? undefined : { ...ownRow, rank }} />
      )}
      <section
        aria-labelledby="board-title"
        className="overflow-clip rounded-card border border-line bg-surface shadow-card"
      >
        <div className="flex items-center justify-between gap-3 px-4 pt-4 sm:px-6 sm:pt-5">
          <h1 id="board-title" className="text-lg font-bold">
            Leaderboard
          </h1>
          {challenge.isFinal ? <Badge tone="flame">Final standings</Badge> : <LiveBadge />}
        </div>
        {board.rows === undefined && <BoardSkeleton />}
        {board.rows?.length === 0 && <EmptyBoard />}
        {board.rows !== undefined && board.rows.length > 0 && (
          <BoardTable rows={board.rows} ownUserId={ownUserId} />
        )}
        {board.hasMore && (
          <div className="border-t border-line p-4">
            <Button
              variant="secondary"
              className="w-full"
              pending={board.isLoadingMore}
              onClick={board.showMore}
            >
              Show more
            </Button>
          </div>
        )}
      </section>
      {board.rows !== undefined && board.rows.length > board.liveCount && (
        <p className="text-center text-sm text-ink-soft">
          The first {board.liveCount} places move live; those below are as of when you asked for
          them.
        </p>
      )}
    </>
  );
}

/** Says whether what is shown moves by itself right now. */
function LiveBadge() {
  const { isWebSocketConnected } = useConvexConnectionState();
  return (
    <Badge tone={isWebSocketConnected ? "accent" : "neutral"}>
      <Radio aria-hidden />
      {isWebSocketConnected ? "Live" : "Not live"}
    </Badge>
  );
}

function EmptyBoard() {
  const challenge = useChallenge();
  return (
    <EmptyState
      icon={Trophy}
      title="Nobody has joined yet"
      action={
        isMember(challenge) && (
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

function BoardSkeleton() {
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
