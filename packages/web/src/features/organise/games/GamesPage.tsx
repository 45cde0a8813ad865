import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { Swords } from "lucide-react";
import { Card } from "../../../components/Card";
import { PageHeader, usePageTitle } from "../../../components/Page";
import { Loading, SkeletonRows } from "../../../components/Skeleton";
import { EmptyState } from "../../../components/States";
import { NewLink } from "../../awards/NewLink";
import { useSharedArgs } from "../../challenges/challengeContext";
import { GameLink } from "../../games/GameLink";

/** The mini-games of a challenge for its organisers. */
export function GamesPage() {
  const games = useQuery(api.queries.miniGames.list, useSharedArgs());
  usePageTitle("Mini-games");
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <PageHeader title="Mini-games">
          A few days with a twist, for everybody on the board.
        </PageHeader>
        <NewLink to="games">Plan a mini-game</NewLink>
      </div>
      {games === undefined && (
        <Loading label="Loading the mini-games">
          <SkeletonRows count={3} className="h-20" />
        </Loading>
      )}
      {games?.length === 0 && (
        <Card>
          <EmptyState icon={Swords} title="No mini-games yet">
            Pair people up, let them hunt each other up the board, or have them beat their best day.
            You see who plays with whom before it starts, and what it gives before it ends.
          </EmptyState>
        </Card>
      )}
      {games !== undefined && games.length > 0 && (
        <Card className="py-2 sm:py-3">
          <ul className="-mx-2 divide-y divide-line">
            {games.map((game) => (
              <li key={game.gameId}>
                <GameLink game={game} to="/c/$challengeId/organise/games/$gameId" />
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}
