import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { Card, CardHeader } from "../../components/Card";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { formatDate, formatSigned } from "../../lib/format";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { resultWords, type Game } from "./gameWords";
import { Pager, PlayersTable } from "./PlayersTable";
import { usePages } from "./usePages";

/** What a finished game gave its players, some a page. */
export function ResultsCard({ game: { gameId, players, completedAt } }: { game: Game }) {
  const { viewer } = useChallenge();
  const { viewKey } = useSharedArgs();
  const { cursor, previous, nextTo } = usePages();
  const results = useQuery(api.queries.miniGames.results, {
    gameId,
    cursor,
    ...(viewKey === undefined ? {} : { viewKey }),
  });
  return (
    <Card>
      <CardHeader
        title="Results"
        action={
          completedAt !== null && (
            <span className="text-sm text-ink-soft">{formatDate(completedAt)}</span>
          )
        }
      />
      {results === undefined || results === null ? (
        <Loading label="Loading the results">
          <SkeletonRows count={6} />
        </Loading>
      ) : (
        <>
          <PlayersTable
            caption="What every player got"
            rows={results.page}
            ownUserId={viewer?.userId}
            details={resultWords}
            figure={{ heading: "Points", of: ({ points }) => formatSigned(points) }}
          />
          <Pager
            label="Pages of the results"
            first={results.page[0]?.position ?? 0}
            last={results.page.at(-1)?.position ?? 0}
            of={players}
            onPrevious={previous}
            onNext={nextTo(results.continueCursor)}
          />
        </>
      )}
    </Card>
  );
}
