import { api } from "@milepost/backend/api";
import { useNavigate } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { useState } from "react";
import { toast } from "sonner";
import { useAttempt } from "../../lib/useAttempt";
import { useChallenge } from "../challenges/challengeContext";
import type { StartedKind } from "./jobWords";
import type { Jobs } from "./useJobs";

/**
 * Starts a job and shows it. Of one kind there is one at a time: where it runs already, whoever started it, that one is
 * shown and the organiser is told. `begin` throws what went wrong, `run` keeps it as words.
 */
export function useStart({ list }: Jobs) {
  const { challengeId } = useChallenge();
  const start = useMutation(api.mutations.maintenance.start);
  const navigate = useNavigate();
  const [pending, setPending] = useState<StartedKind | null>(null);
  const { problem, attempt } = useAttempt();

  async function begin(kind: StartedKind, dryRun: boolean): Promise<void> {
    setPending(kind);
    try {
      const { jobId } = await start({ challengeId, kind, dryRun });
      // The list is as it was when the button was pressed.
      if (list?.some((known) => known.jobId === jobId))
        toast.info("This is under way already, so you see that one.");
      await navigate({
        to: "/c/$challengeId/organise/maintenance",
        params: { challengeId },
        search: { job: jobId },
        resetScroll: false,
      });
    } finally {
      setPending(null);
    }
  }

  const run = async (kind: StartedKind, dryRun: boolean): Promise<void> =>
    await attempt(() => begin(kind, dryRun));

  return { begin, run, pending, problem };
}
