import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { formatNumber } from "../../lib/format";

export type OpenFlag = FunctionReturnType<typeof api.queries.moderation.flags>["page"][number];
export type Facts = NonNullable<OpenFlag["activity"]>;

/** The open flags of one activity: they are decided together. */
export interface FlagGroup {
  activityId: Facts["activityId"];
  activity: Facts;
  userId: OpenFlag["userId"];
  displayName: string;
  /** Oldest first. */
  flags: OpenFlag[];
}

/** Flags put together by activity, in the order of the oldest; those whose activity is erased are left out. */
export function groupFlags(flags: readonly OpenFlag[]): FlagGroup[] {
  const groups = new Map<string, FlagGroup>();
  for (const flag of flags) {
    const { activity, userId, displayName } = flag;
    if (activity === null) continue;
    const { activityId } = activity;
    const group = groups.get(activityId);
    if (group === undefined)
      groups.set(activityId, { activityId, activity, userId, displayName, flags: [flag] });
    else group.flags.push(flag);
  }
  return [...groups.values()];
}

export type QueueName = "flags" | "held" | "appeals";

/** The queue an address asks for; undefined for the first one, the flags. */
export function readQueue(value: unknown): Exclude<QueueName, "flags"> | undefined {
  return value === "held" || value === "appeals" ? value : undefined;
}

/** How many wait: "3", "25+" when more may follow, null while it is not known. */
export function queueCount(
  count: number,
  status: "LoadingFirstPage" | "CanLoadMore" | "LoadingMore" | "Exhausted",
): string | null {
  if (status === "LoadingFirstPage") return null;
  return status === "Exhausted" ? formatNumber(count) : `${formatNumber(count)}+`;
}
