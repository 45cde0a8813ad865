import { api } from "@milepost/backend/api";
import { refusalOf } from "@milepost/backend/errors";
import { useMutation } from "convex/react";
import { useState } from "react";
import { toast } from "sonner";
import { formatPoints } from "../../lib/format";
import { persistently } from "../../lib/persistently";
import { messageOf } from "../../lib/refusals";
import { newRequestId } from "../../lib/requestId";
import { isOrganiser, useChallenge } from "../challenges/challengeContext";
import { fieldsOfRule, readMetrics, variantOf, type ActivityValues } from "./activityForm";
import { isBeyondWindow, type ActivityType } from "./ActivityFields";
import type { LogWindow } from "./useLogWindow";

interface SaveOptions {
  requestId: string;
  type: ActivityType | undefined;
  window: LogWindow;
  /** Something about it cannot easily be true: organisers will look at it. */
  isDoubtful: boolean;
}

/** Saves the form once; what went wrong is kept as words beside it. */
export function useSaveLog({ requestId, type, window, isDoubtful }: SaveOptions) {
  const challenge = useChallenge();
  const { challengeId } = challenge;
  const log = useMutation(api.mutations.activities.log);
  const undo = useUndo();
  const [problem, setProblem] = useState<string | null>(null);

  async function save(values: ActivityValues): Promise<"saved" | "refused" | "conflict"> {
    if (type === undefined) return "refused";
    const { amounts, variant, loggedDate, notes, reason } = values;
    const metrics = readMetrics(fieldsOfRule(type, variant), amounts);
    if (metrics === null) return "refused";
    const asOrganiser = isOrganiser(challenge) && isBeyondWindow(loggedDate, window);
    setProblem(null);
    try {
      const { activityTypeId } = type;
      const saved = await persistently(() =>
        log({
          challengeId,
          activityTypeId,
          loggedDate,
          metrics,
          variant: variantOf(type, variant),
          requestId,
          ...(notes.trim() === "" ? {} : { notes }),
          ...(asOrganiser ? { reason } : {}),
        }),
      );
      const isRepeat = saved.status === "exists";
      const total = `You have ${formatPoints(saved.totalPoints)}.`;
      toast.success(
        isRepeat ? "Already saved" : `${type.name}: ${formatPoints(saved.pointsEarned)}`,
        {
          description: isDoubtful ? `${total} It waits for an organiser's look.` : total,
          action: { label: "Undo", onClick: () => void undo(saved.activityId) },
        },
      );
      return "saved";
    } catch (error) {
      if (refusalOf(error)?.code === "IDEMPOTENCY_MISMATCH") {
        toast.error(messageOf(error));
        return "conflict";
      }
      setProblem(messageOf(error));
      return "refused";
    }
  }

  return { save, problem };
}

/** Takes back what was just logged. */
function useUndo() {
  const remove = useMutation(api.mutations.activities.remove);
  return async (activityId: Parameters<typeof remove>[0]["activityId"]): Promise<void> => {
    try {
      const requestId = newRequestId();
      const { totalPoints } = await persistently(() => remove({ activityId, requestId }));
      toast.success("Taken back", { description: `You have ${formatPoints(totalPoints)}.` });
    } catch (error) {
      toast.error(messageOf(error));
    }
  };
}
