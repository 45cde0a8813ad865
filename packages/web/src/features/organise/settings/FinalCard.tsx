import { api } from "@milepost/backend/api";
import { graceEndsAt } from "@milepost/backend/rules/logWindow";
import { Link } from "@tanstack/react-router";
import { useMutation, useQuery } from "convex/react";
import { Flag } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { ExportButton } from "../../../components/ExportButton";
import { Field, Select } from "../../../components/Field";
import { TypedConfirm } from "../../../components/TypedConfirm";
import { formatInstant, formatPoints } from "../../../lib/format";
import { useNow } from "../../../lib/useNow";
import { useChallenge, useSharedArgs } from "../../challenges/challengeContext";
import { challengeStage } from "../../challenges/challengeTime";
import { jobName, keepsStandingsOpen, type Job } from "../../maintenance/jobWords";
import { useJobs } from "../../maintenance/useJobs";
import { finalTable } from "./exports";

const WORD = "FINAL";

/** Freezes the standings once nobody can log any more; shows the versions there are. */
export function FinalCard() {
  const challenge = useChallenge();
  const stage = challengeStage(challenge, useNow());
  return (
    <Card className="grid gap-4 *:first:mb-0">
      <CardHeader title="Final standings" />
      {stage === "final" && <FinalVersions />}
      {stage === "ended" && <Freeze />}
      {(stage === "open" || stage === "upcoming") && (
        <p className="-mt-2 text-sm text-ink-soft">
          When the days of grace are over, on {formatInstant(graceEndsAt(challenge))} your time, you
          can freeze the standings here.
        </p>
      )}
    </Card>
  );
}

function Freeze() {
  const { challengeId, name } = useChallenge();
  const finalize = useMutation(api.mutations.challenges.finalize);
  const job = useJobs().list?.find(keepsStandingsOpen);
  const [isAsking, setIsAsking] = useState(false);

  async function freeze(): Promise<void> {
    await finalize({ challengeId });
    toast.success("The standings are final. Everybody is told.");
  }

  return (
    <>
      <p className="-mt-2 text-sm text-ink-soft">
        Nobody can log any more. Look at open flags and appeals first, then freeze the standings.
      </p>
      {job === undefined ? (
        <Button className="justify-self-start" onClick={() => setIsAsking(true)}>
          <Flag aria-hidden />
          Make the standings final
        </Button>
      ) : (
        <JobNote job={job} />
      )}
      {isAsking && (
        <TypedConfirm
          title="Make the standings final?"
          description={`This ends ${name}. It cannot be taken back.`}
          word={WORD}
          confirm="Make final"
          onConfirm={freeze}
          onClose={() => setIsAsking(false)}
        >
          <ul className="grid list-disc gap-1.5 pl-5 text-sm">
            <li>Nothing can be logged, edited or imported any more, not even by organisers.</li>
            <li>Everybody is told their final rank.</li>
            <li>You can still give or take points, with a reason: that makes a new version.</li>
          </ul>
        </TypedConfirm>
      )}
    </>
  );
}

/** Why the standings cannot be frozen yet: a job that changes points is not through. */
function JobNote({ job }: { job: Job }) {
  const { challengeId } = useChallenge();
  return (
    <p className="text-sm">
      {jobName(job)}:{" "}
      {job.status === "failed"
        ? "it failed halfway. Resume it or cancel it, then freeze."
        : "it still changes points. Freeze when it is through."}{" "}
      <Link
        to="/c/$challengeId/organise/maintenance"
        params={{ challengeId }}
        search={{ job: job.jobId }}
        className="inline-flex min-h-11 items-center font-semibold text-accent-ink underline underline-offset-4"
      >
        Show it under Maintenance
      </Link>
    </p>
  );
}

function FinalVersions() {
  const { name } = useChallenge();
  const shared = useSharedArgs();
  const newest = useQuery(api.queries.standings.final, { ...shared, limit: 1 });
  const [chosen, setChosen] = useState<number | null>(null);
  const version = chosen ?? newest?.version ?? 1;
  const shown = useQuery(api.queries.standings.final, { ...shared, version, limit: 3 });
  if (newest === undefined) return null;
  if (newest === null)
    return <p className="-mt-2 text-sm text-ink-soft">They are being put together right now.</p>;
  const versions = Array.from({ length: newest.version }, (_, index) => newest.version - index);
  return (
    <>
      <Field
        label="Version"
        hint={shown?.readyAt ? `Frozen on ${formatInstant(shown.readyAt)}.` : undefined}
      >
        {(field) => (
          <Select
            {...field}
            className="max-w-60"
            value={version}
            onChange={({ target }) => setChosen(Number(target.value))}
          >
            {versions.map((number) => (
              <option key={number} value={number}>
                {number === newest.version ? `${number}, the newest` : number}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {shown && (
        <ol className="grid gap-1 text-sm">
          {shown.page.map(({ position, rank, displayName, totalPoints }) => (
            <li key={position} className="tabular-nums">
              {rank}. {displayName}, {formatPoints(totalPoints)}
            </li>
          ))}
        </ol>
      )}
      <ExportButton
        className="justify-self-start"
        name={[name, `Final standings ${version}`]}
        read={async (client, onProgress) =>
          await finalTable(client, { ...shared, version }, onProgress)
        }
      >
        {`Final standings ${version} (CSV)`}
      </ExportButton>
    </>
  );
}
