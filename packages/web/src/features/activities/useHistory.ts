import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { usePaginatedQuery } from "convex/react";
import { useEffect, useState } from "react";
import { useChallenge } from "../challenges/challengeContext";
import type { Status } from "./historyFilter";

const PAGE_SIZE = 25;
/** Of a filter, whose pages may be short or empty. */
const FILTERED_PAGE_SIZE = 100;

interface Wish {
  /** Somebody else, for organisers; undefined = the viewer. */
  userId: Id<"users"> | undefined;
  /** Only this type. */
  activityTypeId: Id<"activityTypes"> | undefined;
  /** Only with this status; what needs attention is asked for elsewhere. */
  status: Status | undefined;
}

export type History = ReturnType<typeof useHistory>;

/**
 * A person's activities, live. It goes on until as many are there as were asked for: pages of a filter may be short, or
 * empty and not the last.
 */
export function useHistory({ userId, activityTypeId, status }: Wish) {
  const { challengeId } = useChallenge();
  const wish = {
    challengeId,
    ...(userId === undefined ? {} : { userId }),
    ...(activityTypeId === undefined ? {} : { activityTypeId }),
  };
  const { results, loadMore, ...list } = usePaginatedQuery(
    api.queries.activities.history,
    status === "attention" ? "skip" : { ...wish, ...(status === undefined ? {} : { status }) },
    { initialNumItems: PAGE_SIZE },
  );
  const key = `${status} ${activityTypeId}`;
  const [asked, setAsked] = useState({ key, count: PAGE_SIZE });
  const wanted = asked.key === key ? asked.count : PAGE_SIZE;
  const isShort = results.length < wanted;
  const mayFill = list.status === "CanLoadMore" && isShort;
  const pageSize =
    status === undefined && activityTypeId === undefined ? PAGE_SIZE : FILTERED_PAGE_SIZE;
  useEffect(() => {
    if (mayFill) loadMore(pageSize);
  }, [mayFill, loadMore, pageSize]);
  return {
    rows: results,
    isDone: list.status === "Exhausted",
    isFilling: mayFill || list.status === "LoadingMore",
    showMore: () => setAsked({ key, count: results.length + PAGE_SIZE }),
  };
}
