import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useToday } from "../../app/context";
import { Avatar } from "../../components/Avatar";
import { Badge } from "../../components/Badge";
import { cn } from "../../lib/cn";
import { formatDayNear, formatNumber } from "../../lib/format";
import { metricWords } from "../../lib/metricWords";
import { preferredUnit } from "../../lib/unitChoice";
import { SOURCE_LABELS } from "../activities/historyRows";
import { useChallenge } from "../challenges/challengeContext";
import type { Facts, OpenFlag } from "./flagGroups";

/** Whose activity it is, with the way to all of theirs. */
export function WhoseHeader({
  userId,
  displayName,
  children,
}: Pick<OpenFlag, "userId" | "displayName"> & { children?: ReactNode }) {
  const { challengeId } = useChallenge();
  return (
    <header className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <Avatar name={displayName} seed={userId} className="size-9" />
      <h2 className="min-w-0 flex-1 basis-40">
        <Link
          to="/c/$challengeId/history"
          params={{ challengeId }}
          search={{ person: userId }}
          className="rounded py-1 text-lg font-bold decoration-accent decoration-2 underline-offset-4 hover:underline"
        >
          {displayName}
        </Link>
      </h2>
      {children}
    </header>
  );
}

/** What was done, when and for how many points. Of what came from Strava an organiser sees no figures. */
export function FactsLine({ facts, label }: { facts: Facts; label?: string }) {
  const today = useToday();
  const { typeName, title, loggedDate, metrics, source, pointsEarned, isDeleted } = facts;
  const isSecret = source === "strava";
  const details = [
    loggedDate === null ? "" : formatDayNear(loggedDate, today),
    metricWords(metrics, preferredUnit),
  ].filter((part) => part !== "");
  return (
    <div className="flex items-start gap-3 rounded-xl border border-line px-4 py-3">
      <div className={cn("grid min-w-0 flex-1 gap-0.5", isDeleted && "text-ink-soft")}>
        {label !== undefined && <p className="text-xs font-semibold text-ink-soft">{label}</p>}
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-semibold">
          <span className={isDeleted ? "line-through" : undefined}>{typeName}</span>
          {SOURCE_LABELS[source] !== null && <Badge>{SOURCE_LABELS[source]}</Badge>}
          {isDeleted && <Badge tone="danger">Does not count</Badge>}
        </p>
        {title !== undefined && title !== typeName && <p className="text-sm">{title}</p>}
        <p className="text-sm text-ink-soft tabular-nums">{details.join(" · ")}</p>
      </div>
      {!isSecret && (
        <p className="text-right">
          <span
            className={cn(
              "block text-lg font-bold tabular-nums",
              isDeleted && "text-ink-soft line-through",
            )}
          >
            {formatNumber(pointsEarned)}
          </span>
          <span className="block text-xs text-ink-soft">points</span>
        </p>
      )}
    </div>
  );
}
