import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { Trophy } from "lucide-react";
import { formatPoints, formatSigned } from "../../lib/format";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { resultWords, type Game } from "./gameWords";

/** People who shared a rank at the start, of whom the viewer's result is looked for. */
const MAX_TIED = 50;

interface OwnResultProps {
  gameId: Game["gameId"];
  startRank: number;
}

/** What a finished game gave the viewer. */
export function OwnResult({ gameId, startRank }: OwnResultProps) {
  const challenge = useChallenge();
  const { viewKey } = useSharedArgs();
  // Results stand in the order of the start: the viewer is the one of their rank, or among those who shared it.
  const results = useQuery(api.queries.miniGames.results, {
    gameId,
    ...(viewKey === undefined ? {} : { viewKey }),
    cursor: startRank - 1,
    limit: MAX_TIED,
  });
  const own = results?.page.find(({ userId }) => userId === challenge.viewer?.userId);
  if (own === undefined) return null;
  return (
    <section
      aria-label="Your result"
      className="flex items-center gap-4 rounded-card bg-flame-soft p-5 text-flame-ink sm:p-6"
    >
      <Trophy className="size-8 shrink-0" aria-hidden />
      <p className="grid min-w-0">
        <span className="sr-only">{`It gave you ${formatPoints(own.points)}.`}</span>
        <span aria-hidden className="text-2xl font-extrabold tabular-nums">
          {formatSigned(own.points)}
        </span>
        <span className="font-semibold">{resultWords(own)}</span>
      </p>
    </section>
  );
}
