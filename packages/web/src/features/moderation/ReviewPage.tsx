import { api } from "@milepost/backend/api";
import { getRouteApi, Link } from "@tanstack/react-router";
import { usePaginatedQuery } from "convex/react";
import { useEffect, useRef, type RefObject } from "react";
import { PageHeader, usePageTitle } from "../../components/Page";
import { TabRow } from "../../components/TabRow";
import { cn } from "../../lib/cn";
import { useChallenge } from "../challenges/challengeContext";
import { AppealCard } from "./AppealCard";
import { FlagCard } from "./FlagCard";
import { groupFlags, queueCount, type QueueName } from "./flagGroups";
import { HeldCard } from "./HeldCard";
import { Queue } from "./Queue";

const PAGE_SIZE = 25;
const first = { initialNumItems: PAGE_SIZE };

const route = getRouteApi("/c/$challengeId/organise/review");

const LABELS: Record<QueueName, string> = { flags: "Flags", held: "Held", appeals: "Appeals" };

/** What waits for a decision of organisers about people's activities, oldest first. */
export function ReviewPage() {
  const { challengeId } = useChallenge();
  const shown: QueueName = route.useSearch().show ?? "flags";
  const flags = usePaginatedQuery(api.queries.moderation.flags, { challengeId }, first);
  const held = usePaginatedQuery(api.queries.review.held, { challengeId }, first);
  const appeals = usePaginatedQuery(api.queries.moderation.appeals, { challengeId }, first);
  const groups = groupFlags(flags.results);
  const waiting = {
    flags: groups.length,
    held: held.results.length,
    appeals: appeals.results.length,
  };
  usePageTitle("Review");
  const rest = useFocusOnWhatIsLeft(waiting[shown]);
  const counts = {
    flags: queueCount(waiting.flags, flags.status),
    held: queueCount(waiting.held, held.status),
    appeals: queueCount(waiting.appeals, appeals.status),
  };
  return (
    <>
      <PageHeader title="Review">
        Oldest first. What is flagged counts until you decide, what is held does not.
      </PageHeader>
      <QueueTabs shown={shown} counts={counts} />
      <p ref={rest} tabIndex={-1} className="sr-only">
        {LABELS[shown]}, {counts[shown] ?? "some"} waiting
      </p>
      {shown === "flags" && (
        <Queue
          list={flags}
          items={groups}
          pageSize={PAGE_SIZE}
          empty="Nobody doubts an activity, and none looks impossible."
        >
          {(group) => <FlagCard key={group.activityId} group={group} />}
        </Queue>
      )}
      {shown === "held" && (
        <Queue
          list={held}
          items={held.results}
          pageSize={PAGE_SIZE}
          empty="No import looks like an activity that is there already. What Strava tells is decided by its person alone."
        >
          {(one) => <HeldCard key={one.heldId} held={one} />}
        </Queue>
      )}
      {shown === "appeals" && (
        <Queue
          list={appeals}
          items={appeals.results}
          pageSize={PAGE_SIZE}
          empty="Nobody objects to a decision."
        >
          {(one) => <AppealCard key={one.appealId} appeal={one} />}
        </Queue>
      )}
    </>
  );
}

/** What is decided leaves the list, and takes the focus with it: that goes to the count of what is left. */
function useFocusOnWhatIsLeft(waiting: number): RefObject<HTMLParagraphElement | null> {
  const rest = useRef<HTMLParagraphElement>(null);
  const before = useRef(waiting);
  useEffect(() => {
    const isLost = waiting < before.current && document.activeElement === document.body;
    before.current = waiting;
    if (isLost) rest.current?.focus();
  }, [waiting]);
  return rest;
}

const tab =
  "inline-flex h-11 items-center gap-2 rounded-full border border-line px-4 text-sm font-semibold whitespace-nowrap text-ink-soft transition-colors hover:bg-sunken hover:text-ink aria-[current=page]:border-accent aria-[current=page]:bg-accent aria-[current=page]:text-on-accent";

interface QueueTabsProps {
  shown: QueueName;
  /** How many wait, in words; null while that is not known. */
  counts: Record<QueueName, string | null>;
}

function QueueTabs({ shown, counts }: QueueTabsProps) {
  const { challengeId } = useChallenge();
  return (
    <TabRow label="Queues" className="-my-1 py-1">
      {(["flags", "held", "appeals"] as const).map((name) => (
        <Link
          key={name}
          to="/c/$challengeId/organise/review"
          params={{ challengeId }}
          search={name === "flags" ? {} : { show: name }}
          activeOptions={{ exact: true }}
          className={tab}
        >
          {LABELS[name]}
          <span
            className={cn(
              "min-w-6 rounded-full px-1.5 py-0.5 text-center text-xs font-bold tabular-nums",
              shown === name ? "bg-surface text-accent-ink" : "bg-sunken text-ink",
            )}
          >
            {counts[name] ?? "…"}
          </span>
        </Link>
      ))}
    </TabRow>
  );
}
