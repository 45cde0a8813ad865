import { api } from "@milepost/backend/api";
import { useMutation, useQuery } from "convex/react";
import { RefreshCw } from "lucide-react";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { FieldError } from "../../../components/Field";
import { ProgressBar } from "../../../components/ProgressBar";
import { formatNumber } from "../../../lib/format";
import { useAttempt } from "../../../lib/useAttempt";
import { useChallenge } from "../../challenges/challengeContext";
import { rescoreProgress, rescoreWords, type Rescore } from "./waitingWords";

/** Scores older activities of Strava by the rules of now, fetching each again. */
export function RescoreCard() {
  const { challengeId, isFinal } = useChallenge();
  const last = useQuery(api.queries.strava.rescore, { challengeId });
  const start = useMutation(api.mutations.rescoreStrava.start);
  const { isPending, problem, attempt } = useAttempt();
  const isRunning = last !== undefined && last !== null && last.endedAt === null;
  return (
    <Card className="grid gap-4 *:first:mb-0">
      <CardHeader title="Score older Strava activities anew" />
      <p className="text-sm text-ink-soft">
        What an activity of Strava measured is erased after seven days. When you changed a rule,
        those older ones are fetched once more, as Strava’s limits allow, and scored by the rules of
        now.
      </p>
      {last !== undefined && last !== null && <RescoreState rescore={last} />}
      {problem !== null && <FieldError>{problem}</FieldError>}
      <Button
        variant="secondary"
        className="justify-self-start"
        pending={isPending || isRunning}
        disabled={isFinal}
        onClick={() => void attempt(() => start({ challengeId }))}
      >
        {!isRunning && <RefreshCw aria-hidden />}
        {isRunning ? "Running" : "Score them anew"}
      </Button>
      {isFinal && (
        <p className="text-sm text-ink-soft">The standings are final, so nothing is scored anew.</p>
      )}
    </Card>
  );
}

function RescoreState({ rescore }: { rescore: Rescore }) {
  const { done, total } = rescoreProgress(rescore);
  const facts: Array<[label: string, count: number]> = [
    ["Scored anew", rescore.rescored],
    ["Left as they are: corrected, or no rule fits", rescore.kept],
    ["Could not be fetched; they keep their points", rescore.rawExpired],
    ["Left for the next time", rescore.left],
  ];
  return (
    <div className="grid gap-3">
      <p className="flex flex-wrap justify-between gap-x-4 font-semibold">
        <output>{rescoreWords(rescore)}</output>
        <span className="tabular-nums">
          {formatNumber(done)} of {formatNumber(total)}
        </span>
      </p>
      {rescore.endedAt === null && <ProgressBar label="Scored anew" value={done} max={total} />}
      <dl className="divide-y divide-line text-sm">
        {facts
          .filter(([, count], index) => count > 0 || index === 0)
          .map(([label, count]) => (
            <div key={label} className="flex justify-between gap-4 py-2">
              <dt className="text-ink-soft">{label}</dt>
              <dd className="font-bold tabular-nums">{formatNumber(count)}</dd>
            </div>
          ))}
      </dl>
    </div>
  );
}
