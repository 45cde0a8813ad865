import { api } from "@milepost/backend/api";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { ArrowLeft, ClipboardList } from "lucide-react";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { usePageTitle } from "../../components/Page";
import { Loading, Skeleton, SkeletonRows } from "../../components/Skeleton";
import { isOrganiser, useChallenge } from "../challenges/challengeContext";
import { GameHeader } from "./GameHeader";
import { gameRules } from "./gameWords";
import { OwnPart } from "./OwnPart";
import { OwnResult } from "./OwnResult";
import { ResultsCard } from "./ResultsCard";

const route = getRouteApi("/c/$challengeId/games/$gameId");

/** One mini-game: its rules, the viewer's part in it, and what it gave. */
export function GamePage() {
  const { challengeId, gameId } = route.useParams();
  const game = useQuery(api.queries.miniGames.get, { gameId });
  usePageTitle(game?.name ?? "Mini-game");
  return (
    <>
      <Link
        to="/c/$challengeId/awards"
        params={{ challengeId }}
        className="inline-flex min-h-9 items-center gap-2 justify-self-start rounded font-semibold text-accent-ink"
      >
        <ArrowLeft className="size-4" aria-hidden />
        Awards
      </Link>
      {game === undefined ? (
        <Loading label="Loading the mini-game">
          <div className="grid gap-6">
            <Skeleton className="h-24 rounded-card" />
            <SkeletonRows count={5} />
          </div>
        </Loading>
      ) : (
        <>
          <GameHeader game={game} action={<ManageLink gameId={gameId} />} />
          {game.status === "active" && <OwnPart game={game} />}
          {game.status === "completed" && game.viewer !== null && (
            <OwnResult gameId={gameId} startRank={game.viewer.startRank} />
          )}
          <Card>
            <CardHeader title="How it works" />
            <ul className="grid max-w-prose list-disc gap-1.5 pl-5 marker:text-ink-soft">
              {gameRules(game.settings).map((rule) => (
                <li key={rule}>{rule}</li>
              ))}
            </ul>
          </Card>
          {game.status === "completed" && <ResultsCard game={game} />}
        </>
      )}
    </>
  );
}

function ManageLink({ gameId }: Pick<ReturnType<typeof route.useParams>, "gameId">) {
  const challenge = useChallenge();
  if (!isOrganiser(challenge)) return null;
  return (
    <Button asChild variant="secondary" size="sm">
      <Link
        to="/c/$challengeId/organise/games/$gameId"
        params={{ challengeId: challenge.challengeId, gameId }}
      >
        <ClipboardList aria-hidden />
        Organise
      </Link>
    </Button>
  );
}
