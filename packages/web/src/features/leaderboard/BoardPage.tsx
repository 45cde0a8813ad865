import { CatchBoundary, getRouteApi, Link } from "@tanstack/react-router";
import { SearchX } from "lucide-react";
import { Button } from "../../components/Button";
import { usePageTitle } from "../../components/Page";
import { EmptyState } from "../../components/States";
import { messageOf } from "../../lib/refusals";
import { useChallenge } from "../challenges/challengeContext";
import { BoardCard } from "./BoardCard";
import { boardLabel, boardOf } from "./boardChoice";
import { StageNotice } from "./StageNotice";

const route = getRouteApi("/c/$challengeId/");

/** The live board the address names. */
export function BoardPage() {
  const challenge = useChallenge();
  const search = route.useSearch();
  const board = boardOf(search);
  const label = boardLabel(board);
  usePageTitle(label === "Total" ? challenge.name : `${label} · ${challenge.name}`);
  return (
    <>
      <StageNotice />
      <CatchBoundary getResetKey={() => label} errorComponent={NoSuchBoard}>
        {/* Another board starts anew, with pages and memories of its own. */}
        <BoardCard key={label} board={board} near={search.near} />
      </CatchBoundary>
    </>
  );
}

/** The address names a week or a category the challenge does not have, or the board cannot be had. */
function NoSuchBoard({ error }: { error: unknown }) {
  const { challengeId } = useChallenge();
  return (
    <EmptyState
      icon={SearchX}
      level={1}
      title="This board cannot be shown"
      action={
        <Button asChild>
          <Link to="/c/$challengeId" params={{ challengeId }}>
            Go to the total
          </Link>
        </Button>
      }
    >
      {messageOf(error)}
    </EmptyState>
  );
}
