import { api } from "@milepost/backend/api";
import { useConvex, useMutation } from "convex/react";
import { Eye, Flag, Play } from "lucide-react";
import type { ReactNode } from "react";
import { useToday } from "../../../app/context";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { ConfirmDialog } from "../../../components/ConfirmDialog";
import { FieldError } from "../../../components/Field";
import { formatDay, formatNumber, formatSigned } from "../../../lib/format";
import { useChallenge } from "../../challenges/challengeContext";
import { resultWords, roleName, type Game } from "../../games/gameWords";
import { Pager, PlayersTable } from "../../games/PlayersTable";
import { useAskedPages, type AskedPages } from "./useAskedPages";
import { useDo } from "../../../lib/useDo";

/** Shows who would play with or against whom, and starts a game. */
export function StartCard({ game: { gameId, name } }: { game: Game }) {
  const client = useConvex();
  const { viewer } = useChallenge();
  const start = useMutation(api.mutations.miniGames.start);
  const { isPending, run } = useDo();
  const asked = useAskedPages(
    async (cursor) => await client.query(api.queries.miniGames.previewStart, { gameId, cursor }),
  );
  return (
    <Card className="grid gap-4 *:first:mb-0">
      <CardHeader title="Start it now" />
      <p className="-mt-2 text-sm text-ink-soft">
        Or let it start by itself on its first day. Look first at who would play with whom: it
        follows the board of the moment it starts.
      </p>
      {asked.page !== null && (
        <PlayersTable
          caption="Who would play with or against whom"
          rows={asked.page.page}
          ownUserId={viewer?.userId}
          details={({ counterparts }) =>
            counterparts
              .map(({ role, displayName }) => `${roleName(role)}: ${displayName}`)
              .join(" · ")
          }
          figure={{ heading: "Points", of: ({ totalPoints }) => formatNumber(totalPoints) }}
        />
      )}
      <PreviewFooter asked={asked} show="See who plays with whom">
        <ConfirmDialog
          trigger={
            <Button pending={isPending}>
              <Play aria-hidden />
              Start now
            </Button>
          }
          title={`Start ${name}?`}
          confirm="Start it"
          onConfirm={() => run(() => start({ gameId }), "The game is starting")}
        >
          Everybody on the board plays, as they stand at this moment. Who joins later does not.
        </ConfirmDialog>
      </PreviewFooter>
    </Card>
  );
}

/** Shows what ending a game now would give, and ends it. */
export function EndCard({ game: { gameId, name } }: { game: Game }) {
  const client = useConvex();
  const today = useToday();
  const { viewer } = useChallenge();
  const end = useMutation(api.mutations.miniGames.end);
  const { isPending, run } = useDo();
  const asked = useAskedPages(
    async (cursor) =>
      await client.query(api.queries.miniGames.previewEnd, { gameId, today, cursor }),
  );
  return (
    <Card className="grid gap-4 *:first:mb-0">
      <CardHeader title="End it now" />
      <p className="-mt-2 text-sm text-ink-soft">
        {asked.page === null
          ? "Or let it end by itself after its last day. Look first at what it would give."
          : `As things stand now, with ${formatDay(asked.page.endsOn)} as its last day.`}
      </p>
      {asked.page !== null && (
        <PlayersTable
          caption="What it would give now"
          rows={asked.page.page}
          ownUserId={viewer?.userId}
          details={({ isSkipped, lines }) =>
            resultWords({ state: isSkipped ? "skipped" : "settled", lines })
          }
          figure={{ heading: "Points", of: ({ points }) => formatSigned(points) }}
        />
      )}
      <PreviewFooter asked={asked} show="See what it would give">
        <ConfirmDialog
          trigger={
            <Button pending={isPending}>
              <Flag aria-hidden />
              End and give the points
            </Button>
          }
          title={`End ${name}?`}
          confirm="End it"
          onConfirm={() => run(() => end({ gameId }), "The game is ending")}
        >
          Today becomes its last day. What everybody earned is added up and the points go on the
          board. You can take them back within 48 hours.
        </ConfirmDialog>
      </PreviewFooter>
    </Card>
  );
}

interface Players {
  players: number;
  page: Array<{ position: number }>;
  continueCursor: number | null;
}

interface PreviewFooterProps {
  asked: AskedPages<Players>;
  /** What the button says that asks. */
  show: string;
  /** The deed itself. */
  children: ReactNode;
}

function PreviewFooter({ asked, show, children }: PreviewFooterProps) {
  const { page, isAsking, problem, ask, previous, next } = asked;
  return (
    <>
      {page !== null && (
        <Pager
          label="Pages of the preview"
          first={page.page[0]?.position ?? 0}
          last={page.page.at(-1)?.position ?? 0}
          of={page.players}
          onPrevious={previous}
          onNext={next}
        />
      )}
      {problem !== null && <FieldError>{problem}</FieldError>}
      <div className="flex flex-wrap gap-3">
        <Button variant="secondary" pending={isAsking} onClick={ask}>
          <Eye aria-hidden />
          {page === null ? show : "Look again"}
        </Button>
        {children}
      </div>
    </>
  );
}
