import { api } from "@milepost/backend/api";
import { useMutation, useQuery } from "convex/react";
import { RotateCw, TriangleAlert } from "lucide-react";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { ProgressBar } from "../../../components/ProgressBar";
import { Skeleton } from "../../../components/Skeleton";
import { Notice } from "../../../components/States";
import { formatCount, formatNumber } from "../../../lib/format";
import type { Game } from "../../games/gameWords";
import { phaseWords } from "./gameValues";
import { useDo } from "../../../lib/useDo";

/** How far the counting or the taking back of a game's points is. */
export function WorkCard({ game: { gameId } }: { game: Game }) {
  const work = useQuery(api.queries.miniGames.progress, { gameId });
  return (
    <Card className="grid gap-3 *:first:mb-0">
      <CardHeader title="Under way" />
      {work === undefined || work === null ? (
        <Skeleton className="h-2" />
      ) : (
        <>
          <ProgressBar label={phaseWords(work.phase)} value={work.done} max={work.players} />
          <output className="text-sm text-ink-soft tabular-nums">
            {phaseWords(work.phase)}: {formatNumber(work.done)} of{" "}
            {formatCount(work.players, "player")}
            {work.failures > 0 && `, ${formatNumber(work.failures)} not possible`}
          </output>
        </>
      )}
      <p className="text-sm">You can leave this page. It goes on by itself.</p>
    </Card>
  );
}

/** Offers to try players again who could not be paid; nothing when everybody was. */
export function RetryCard({ game: { gameId, failures } }: { game: Game }) {
  const end = useMutation(api.mutations.miniGames.end);
  const { isPending, run } = useDo();
  if (failures === 0) return null;
  return (
    <Notice tone="warning" icon={TriangleAlert}>
      <p>
        {formatCount(failures, "player")} could not be given their points. Within 48 hours of the
        end they can be tried again; nobody is paid twice.
      </p>
      <Button
        variant="secondary"
        size="sm"
        className="mt-2"
        pending={isPending}
        onClick={() => run(() => end({ gameId }), "They are tried again")}
      >
        <RotateCw aria-hidden />
        Try them again
      </Button>
    </Notice>
  );
}
