import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useMutation, useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { Hourglass } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { ReasonDialog } from "../../components/ReasonDialog";
import { formatDay, formatPoints } from "../../lib/format";
import { metricWords } from "../../lib/metricWords";
import { persistently } from "../../lib/persistently";
import { newRequestId } from "../../lib/requestId";
import { preferredUnit } from "../../lib/unitChoice";
import { useChallenge } from "../challenges/challengeContext";
import { SOURCE_LABELS } from "./historyRows";
import { tellProblem } from "./useRowActions";

type Held = FunctionReturnType<typeof api.queries.moderation.held>[number];
type Decision = "keepBoth" | "replace" | "discard";

const CHOICES: ReadonlyArray<{ decision: Decision; label: string; done: string }> = [
  { decision: "discard", label: "Same one, leave it out", done: "Left out" },
  { decision: "replace", label: "Use this one instead", done: "Replaced" },
  { decision: "keepBoth", label: "Two different ones", done: "Both count" },
];

/** Imported activities that look like ones that are there already, each with what can be done about it. */
export function HeldRows({ userId }: { userId: Id<"users"> | undefined }) {
  const { challengeId, isFinal } = useChallenge();
  const whose = { challengeId, ...(userId === undefined ? {} : { userId }) };
  const rows = useQuery(api.queries.moderation.held, whose);
  if (rows === undefined || rows.length === 0) return null;
  return (
    <Card aria-labelledby="held-title">
      <h2 id="held-title" className="flex items-center gap-2 text-lg font-bold">
        <Hourglass className="size-5 text-flame" aria-hidden />
        Held until you decide
      </h2>
      <p className="mt-1 text-sm text-ink-soft">
        These look like activities that are there already. They do not count until you say what they
        are.
      </p>
      <ul className="divide-y divide-line">
        {rows.map((held) => (
          <HeldRow
            key={held.heldId}
            held={held}
            isForeign={userId !== undefined}
            isFrozen={isFinal}
          />
        ))}
      </ul>
    </Card>
  );
}

interface HeldRowProps {
  held: Held;
  isForeign: boolean;
  isFrozen: boolean;
}

function HeldRow({ held, isForeign, isFrozen }: HeldRowProps) {
  const { row, source, twin, heldId } = held;
  const decideHeld = useMutation(api.mutations.moderation.decideHeld);
  const [asked, setAsked] = useState<Decision | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  async function decide(decision: Decision, reason?: string): Promise<void> {
    setIsBusy(true);
    const why = reason === undefined ? {} : { reason };
    const args = { heldId, decision, requestId: newRequestId(), ...why };
    try {
      const { pointsEarned } = await persistently(() => decideHeld(args));
      const done = CHOICES.find((choice) => choice.decision === decision)?.done ?? "Decided";
      toast.success(
        done,
        decision === "discard" ? {} : { description: formatPoints(pointsEarned) },
      );
    } finally {
      setIsBusy(false);
    }
  }

  return (
    <li className="grid gap-2 py-3.5">
      <div>
        <p className="font-semibold">
          {row.sport}
          {row.title !== undefined && (
            <span className="font-normal text-ink-soft"> · {row.title}</span>
          )}
        </p>
        <p className="text-sm text-ink-soft">
          {[
            formatDay(row.loggedDate, "long"),
            metricWords(row.metrics, preferredUnit),
            SOURCE_LABELS[source],
          ]
            .filter((part) => part !== "" && part !== null)
            .join(" · ")}
        </p>
        {twin !== null && (
          <p className="text-sm text-ink-soft">
            Looks like {twin.typeName}
            {metricWords(twin.metrics, preferredUnit) !== "" &&
              `, ${metricWords(twin.metrics, preferredUnit)}`}{" "}
            ({formatPoints(twin.pointsEarned)}).
          </p>
        )}
      </div>
      {!isFrozen && (
        <div className="flex flex-wrap gap-2">
          {CHOICES.map(({ decision, label }) => (
            <Button
              key={decision}
              variant="secondary"
              size="sm"
              pending={isBusy}
              onClick={() =>
                isForeign ? setAsked(decision) : void decide(decision).catch(tellProblem)
              }
            >
              {label}
            </Button>
          ))}
        </div>
      )}
      {asked !== null && (
        <ReasonDialog
          title={CHOICES.find(({ decision }) => decision === asked)?.label ?? ""}
          confirm="Decide"
          onConfirm={(reason) => decide(asked, reason)}
          onClose={() => setAsked(null)}
        />
      )}
    </li>
  );
}
