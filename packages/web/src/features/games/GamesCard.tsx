import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { Swords } from "lucide-react";
import { Card, CardHeader } from "../../components/Card";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { NewLink } from "../awards/NewLink";
import { isOrganiser, useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { GameLink } from "./GameLink";
import { isOpenGame } from "./gameWords";

/** The mini-games of a challenge: those that are on or planned first. */
export function GamesCard() {
  const challenge = useChallenge();
  const games = useQuery(api.queries.miniGames.list, useSharedArgs());
  if (games === undefined) {
    return (
      <Loading label="Loading the mini-games">
        <SkeletonRows count={2} className="h-20" />
      </Loading>
    );
  }
  const canMake = isOrganiser(challenge);
  if (games.length === 0) {
    return (
      <Card>
        <EmptyState
          icon={Swords}
          title="No mini-games yet"
          action={canMake ? <NewLink to="games">Plan a mini-game</NewLink> : undefined}
        >
          A week with partners, a hunt up the board, or a week to beat your best day: organisers can
          start one at any time.
        </EmptyState>
      </Card>
    );
  }
  const sorted = games.toSorted((a, b) => Number(isOpenGame(b)) - Number(isOpenGame(a)));
  return (
    <Card className="pb-3 sm:pb-3">
      <div className="[&>div]:mb-1">
        <CardHeader title="Mini-games" />
      </div>
      <ul className="-mx-2 divide-y divide-line">
        {sorted.map((game) => (
          <li key={game.gameId}>
            <GameLink game={game} to="/c/$challengeId/games/$gameId" />
          </li>
        ))}
      </ul>
    </Card>
  );
}
