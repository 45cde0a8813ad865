import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { Pause, Play, X } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { FieldError } from "../../components/Field";
import { useAttempt } from "../../lib/useAttempt";
import { useChallenge } from "../challenges/challengeContext";
import type { Job } from "./jobWords";

const CAN = {
  queued: ["pause", "cancel"],
  running: ["pause", "cancel"],
  paused: ["resume", "cancel"],
  failed: ["resume", "cancel"],
  cancelled: ["resume"],
  completed: [],
} as const satisfies Record<Job["status"], ReadonlyArray<"pause" | "resume" | "cancel">>;

const BUTTONS = {
  pause: { label: "Pause", icon: Pause },
  resume: { label: "Resume", icon: Play },
  cancel: { label: "Cancel the job", icon: X },
} as const;

/** Pause, resume and cancel: each takes effect between two steps, so that nothing is done by half. */
export function JobActions({ job: { jobId, status } }: { job: Job }) {
  const { challengeId } = useChallenge();
  const { maintenance } = api.mutations;
  const calls = {
    pause: useMutation(maintenance.pause),
    resume: useMutation(maintenance.resume),
    cancel: useMutation(maintenance.cancel),
  };
  const { isPending, problem, attempt } = useAttempt();
  const [asked, setAsked] = useState<keyof typeof calls | null>(null);
  const can: ReadonlyArray<keyof typeof calls> = CAN[status];

  function run(verb: keyof typeof calls): void {
    setAsked(verb);
    void attempt(() => calls[verb]({ challengeId, jobId }));
  }

  if (can.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-2">
      {can.map((verb) => {
        const { label, icon: Icon } = BUTTONS[verb];
        const isAsked = isPending && asked === verb;
        return (
          <Button
            key={verb}
            size="sm"
            variant="secondary"
            pending={isAsked}
            disabled={isPending}
            onClick={() => run(verb)}
          >
            {!isAsked && <Icon aria-hidden />}
            {label}
          </Button>
        );
      })}
      {problem !== null && <FieldError>{problem}</FieldError>}
    </div>
  );
}
