import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { Hourglass } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { formatDay, formatPoints } from "../../lib/format";
import { metricWords } from "../../lib/metricWords";
import { preferredUnit } from "../../lib/unitChoice";
import { useChallenge } from "../challenges/challengeContext";
import { SOURCE_LABELS } from "./historyRows";
import { HeldDialog } from "../moderation/HeldDialog";
import type { HeldDecision } from "../moderation/heldWords";

type Held = FunctionReturnType<typeof api.queries.moderation.held>[number];

const CHOICES: ReadonlyArray<[HeldDecision, string]> = [
  ["discard", "Same one, leave it out"],
  ["replace", "Use this one instead"],
  ["keepBoth", "Two different ones"],
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
            name={userId === undefined ? null : "this participant"}
            isFrozen={isFinal}
          />
        ))}
      </ul>
    </Card>
  );
}

interface HeldRowProps {
  held: Held;
  /** Whose it is; null = the viewer's own. */
  name: string | null;
  isFrozen: boolean;
}

function HeldRow({ held, name, isFrozen }: HeldRowProps) {
  const { row, source, twin } = held;
  const [asked, setAsked] = useState<HeldDecision | null>(null);

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
          {CHOICES.map(([decision, label]) => (
            <Button key={decision} variant="secondary" size="sm" onClick={() => setAsked(decision)}>
              {label}
            </Button>
          ))}
        </div>
      )}
      {asked !== null && (
        <HeldDialog
          held={held}
          name={name}
          decision={asked}
          title={new Map(CHOICES).get(asked) ?? ""}
          onClose={() => setAsked(null)}
        />
      )}
    </li>
  );
}
