import { useState } from "react";
import { useToday } from "../../app/context";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { formatDayNear } from "../../lib/format";
import { metricWords } from "../../lib/metricWords";
import { preferredUnit } from "../../lib/unitChoice";
import { useChallenge } from "../challenges/challengeContext";
import { FactsLine, WhoseHeader } from "./ActivityFacts";
import { HeldDialog } from "./HeldDialog";
import type { Held, HeldDecision } from "./heldWords";

interface HeldCardProps {
  held: Held;
}

/** An imported row beside the activity it looks like, and which of them is to count. */
export function HeldCard({ held }: HeldCardProps) {
  const { isFinal } = useChallenge();
  const [asked, setAsked] = useState<HeldDecision | null>(null);
  const { userId, displayName, row, twin } = held;
  const today = useToday();
  const details = [formatDayNear(row.loggedDate, today), metricWords(row.metrics, preferredUnit)];
  return (
    <Card className="grid gap-4">
      <WhoseHeader userId={userId} displayName={displayName}>
        <Badge tone="flame">Waits, does not count</Badge>
      </WhoseHeader>
      <div className="grid gap-3 sm:grid-cols-2">
        <div className="grid content-start gap-0.5 rounded-xl border border-line px-4 py-3">
          <p className="text-xs font-semibold text-ink-soft">Imported</p>
          <p className="font-semibold">{row.sport}</p>
          {row.title !== undefined && <p className="text-sm">{row.title}</p>}
          <p className="text-sm text-ink-soft tabular-nums">
            {details.filter((part) => part !== "").join(" · ")}
          </p>
        </div>
        {twin !== null && <FactsLine facts={twin} label="Already there" />}
      </div>
      {!isFinal && (
        <div className="flex flex-wrap gap-2.5 border-t border-line pt-4">
          {LABELS.map(([decision, label]) => (
            <Button key={decision} variant="secondary" onClick={() => setAsked(decision)}>
              {label}
            </Button>
          ))}
        </div>
      )}
      {asked !== null && (
        <HeldDialog
          held={held}
          name={displayName}
          decision={asked}
          title={new Map(LABELS).get(asked) ?? ""}
          onClose={() => setAsked(null)}
        />
      )}
    </Card>
  );
}

const LABELS: ReadonlyArray<[HeldDecision, string]> = [
  ["discard", "Leave it out"],
  ["replace", "Count it instead"],
  ["keepBoth", "Count both"],
];
