import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { Copy, Gauge, TriangleAlert } from "lucide-react";
import { useToday } from "../../app/context";
import { Notice } from "../../components/States";
import { flagWords } from "../../lib/flagWords";
import type { Metrics } from "../../lib/metricWords";
import { preferredUnit } from "../../lib/unitChoice";
import { useChallenge } from "../challenges/challengeContext";
import type { ActivityType } from "./ActivityFields";
import { findingsOf, likelyTwins, twinWords, type OwnDay } from "./dayHints";
import { roomWords } from "./roomWords";

/** The viewer's own day as it is, live; undefined while it loads, and for no day. */
export function useOwnDay(day: string): OwnDay | undefined {
  const { challengeId } = useChallenge();
  return useQuery(api.queries.progress.day, day === "" ? "skip" : { challengeId, day });
}

interface BeforeSavingProps {
  type: ActivityType;
  day: string;
  ownDay: OwnDay | undefined;
  /** null while the form is not complete. */
  metrics: Metrics | null;
}

/** What to know before logging: what the limits leave, what is there already, and what organisers will look at. */
export function BeforeSaving({ ownDay, ...deed }: BeforeSavingProps) {
  // The region is there before its words are, and stays when it is empty: only so are they announced.
  return (
    <div className="grid gap-3 empty:sr-only" aria-live="polite">
      {ownDay !== undefined && <Advice {...deed} ownDay={ownDay} />}
    </div>
  );
}

function Advice({ type, day, ownDay, metrics }: BeforeSavingProps & { ownDay: OwnDay }) {
  const today = useToday();
  const { activityTypeId, catalogueKey } = type;
  const known = ownDay.types.find((one) => one.activityTypeId === activityTypeId);
  const left = known === undefined ? [] : roomWords(type, known.room, { isToday: day === today });
  const deed = metrics && { activityTypeId, catalogueKey, metrics };
  const twins = deed === null ? [] : likelyTwins(ownDay.rows, deed);
  const findings = deed === null ? [] : findingsOf(ownDay.rows, deed);
  return (
    <>
      {left.length > 0 && (
        <p className="flex items-start gap-2 text-sm text-ink-soft">
          <Gauge className="mt-0.5 size-4.5 shrink-0" aria-hidden />
          <span>
            {type.name}: {left.join(", ")}.
          </span>
        </p>
      )}
      {twins.length > 0 && (
        <Notice icon={Copy} tone="warning">
          That day has {twins.map((twin) => twinWords(twin, preferredUnit)).join(" and ")} already.
          Save this only if you did it twice.
        </Notice>
      )}
      {findings.length > 0 && (
        <Notice icon={TriangleAlert} tone="warning">
          <ul>
            {findings.map((finding) => (
              <li key={finding.code}>{flagWords(finding)}</li>
            ))}
          </ul>
          Check your numbers. You can save it: it counts, and organisers are asked to look at it.
        </Notice>
      )}
    </>
  );
}
