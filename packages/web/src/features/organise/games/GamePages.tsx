import { api } from "@milepost/backend/api";
import { addDays } from "@milepost/backend/rules/dates";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useMutation, useQuery } from "convex/react";
import { ArrowLeft } from "lucide-react";
import { toast } from "sonner";
import { useToday } from "../../../app/context";
import { PageHeader, usePageTitle } from "../../../components/Page";
import { Loading, Skeleton, SkeletonRows } from "../../../components/Skeleton";
import { persistently } from "../../../lib/persistently";
import { useChallenge } from "../../challenges/challengeContext";
import { GameHeader } from "../../games/GameHeader";
import { ResultsCard } from "../../games/ResultsCard";
import type { Game } from "../../games/gameWords";
import { CancelCard } from "./CancelCard";
import { EndCard, StartCard } from "./ChangeCards";
import { GameForm } from "./GameForm";
import { newGame, valuesOf, type GameWish } from "./gameValues";
import { useOpened } from "../useOpened";
import { ReverseCard } from "./ReverseCard";
import { RetryCard, WorkCard } from "./WorkCard";

const route = getRouteApi("/c/$challengeId/organise/games/$gameId");

/** Plans a mini-game. */
export function NewGamePage() {
  const challenge = useChallenge();
  const { challengeId } = challenge;
  const create = useMutation(api.mutations.miniGames.create);
  const navigate = useNavigate();
  const today = useToday();
  usePageTitle("Plan a mini-game");

  async function save(wish: GameWish, requestId: string): Promise<void> {
    const { gameId } = await persistently(() => create({ challengeId, ...wish, requestId }));
    toast.success("The mini-game is planned");
    await navigate({
      to: "/c/$challengeId/organise/games/$gameId",
      params: { challengeId, gameId },
    });
  }

  return (
    <>
      <BackLink />
      <PageHeader title="Plan a mini-game">
        Everybody who is on the board when it starts plays.
      </PageHeader>
      <GameForm
        gameId={null}
        values={newGame(addDays(today, 1), addDays(today, 7), challenge)}
        submit="Plan it"
        onSave={save}
      />
    </>
  );
}

/** One mini-game with what an organiser can do to it now. */
export function ManageGamePage() {
  const { gameId } = route.useParams();
  const game = useQuery(api.queries.miniGames.get, { gameId });
  usePageTitle(game?.name ?? "Mini-game");
  return (
    <>
      <BackLink />
      {game === undefined ? (
        <Loading label="Loading the mini-game">
          <div className="grid gap-6">
            <Skeleton className="h-20" />
            <SkeletonRows count={2} className="h-40 rounded-card" />
          </div>
        </Loading>
      ) : (
        <>
          <GameHeader game={game} />
          <GameActions game={game} />
        </>
      )}
    </>
  );
}

function GameActions({ game }: { game: Game }) {
  switch (game.status) {
    case "draft":
      return game.isChanging ? (
        <CancelCard game={game} />
      ) : (
        <>
          <StartCard game={game} />
          <EditPart key={game.gameId} game={game} />
          <CancelCard game={game} />
        </>
      );
    case "active":
      return (
        <>
          {!game.isChanging && <EndCard game={game} />}
          <CancelCard game={game} />
        </>
      );
    case "settling":
      return (
        <>
          <WorkCard game={game} />
          <CancelCard game={game} />
        </>
      );
    case "reversing":
      return <WorkCard game={game} />;
    case "completed":
      return (
        <>
          <RetryCard game={game} />
          <ResultsCard game={game} />
          <ReverseCard game={game} />
        </>
      );
    case "cancelled":
      return <ReverseCard game={game} />;
  }
}

function EditPart({ game }: { game: Game }) {
  const update = useMutation(api.mutations.miniGames.update);
  const { gameId, name, startsOn, endsOn, settings } = game;
  const opened = useOpened(valuesOf({ name, startsOn, endsOn, settings }));
  return (
    <GameForm
      key={opened.key}
      gameId={gameId}
      values={opened.values}
      onReopen={opened.onReopen}
      submit="Save changes"
      onSave={async (wish) => {
        await update({ gameId, ...wish });
        toast.success("Changes saved");
      }}
      onSaved={opened.saved}
    />
  );
}

function BackLink() {
  const { challengeId } = useChallenge();
  return (
    <Link
      to="/c/$challengeId/organise/games"
      params={{ challengeId }}
      className="flex min-h-9 items-center gap-1.5 justify-self-start rounded-lg text-sm font-semibold text-ink-soft hover:text-ink"
    >
      <ArrowLeft className="size-4" aria-hidden />
      All mini-games
    </Link>
  );
}
