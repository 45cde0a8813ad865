import { useState } from "react";
import { Button } from "../../components/Button";
import { FieldError } from "../../components/Field";
import { ApplyDialog } from "./ApplyDialog";
import { nextStepOf, type Job } from "./jobWords";
import type { Jobs } from "./useJobs";
import { useStart } from "./useStart";

/** After a job comes the next one: verify, look at what a repair changes, apply it, verify again. */
export function NextStep({ job, jobs }: { job: Job; jobs: Jobs }) {
  const { begin, run, pending, problem } = useStart(jobs);
  const [isAsking, setIsAsking] = useState(false);
  const step = nextStepOf(job);
  if (step === null) return null;
  const { kind, dryRun, label } = step;
  const isApplied = !dryRun;
  return (
    <div className="grid justify-items-start gap-2">
      <Button
        variant={isApplied ? "primary" : "secondary"}
        pending={pending !== null}
        onClick={() => (isApplied ? setIsAsking(true) : void run(kind, dryRun))}
      >
        {label}
      </Button>
      {problem !== null && <FieldError>{problem}</FieldError>}
      {isApplied && isAsking && (
        <ApplyDialog
          kind={kind}
          onClose={() => setIsAsking(false)}
          onApply={async () => await begin(kind, dryRun)}
        />
      )}
    </div>
  );
}
