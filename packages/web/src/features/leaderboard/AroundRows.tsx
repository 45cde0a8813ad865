import type { Id } from "@milepost/backend/dataModel";
import { Link } from "@tanstack/react-router";
import { CircleAlert, UserRoundSearch } from "lucide-react";
import { Button } from "../../components/Button";
import { EmptyState, Notice } from "../../components/States";
import { useChallenge } from "../challenges/challengeContext";
import { BoardSkeleton, type Shown } from "./BoardCard";
import { BoardTable } from "./BoardTable";
import { boardArgsOf, type BoardSearch } from "./boardChoice";
import { useAround } from "./useAround";

/** Rows above and below the person: they fit a view. */
const COUNT = 5;

interface AroundRowsProps {
  board: BoardSearch;
  userId: string | undefined;
  label: string;
  shown: Shown;
  trigger: unknown;
}

/** The part of a board around one person. */
export function AroundRows({ board, userId, label, shown, trigger }: AroundRowsProps) {
  // The deployment checks the id: a text that is none of its ids is refused.
  const wished = userId as Id<"users"> | undefined;
  const args = boardArgsOf(board);
  const { rows, problem } = useAround({ board: args, userId: wished, count: COUNT, trigger });
  if (userId === undefined || rows?.length === 0) return <NotOnBoard board={board} />;
  if (rows === undefined && problem !== null)
    return (
      <div className="p-4 sm:px-6">
        <Notice icon={CircleAlert} tone="danger" role="alert">
          {problem}
        </Notice>
      </div>
    );
  if (rows === undefined) return <BoardSkeleton />;
  return (
    <BoardTable
      caption={`Part of the leaderboard, ${label}. It is looked up again every few seconds.`}
      rows={rows}
      markedUserId={userId}
      isPart
      {...shown}
    />
  );
}

function NotOnBoard({ board }: { board: BoardSearch }) {
  const { challengeId } = useChallenge();
  return (
    <EmptyState
      icon={UserRoundSearch}
      title="Not on this board"
      action={
        <Button asChild variant="secondary">
          <Link to="/c/$challengeId" params={{ challengeId }} search={board}>
            See the top
          </Link>
        </Button>
      }
    >
      Who has no points here, or does not want to be ranked, has no place to show.
    </EmptyState>
  );
}
