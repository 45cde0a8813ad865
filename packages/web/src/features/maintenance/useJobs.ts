import { api } from "@milepost/backend/api";
import { usePaginatedQuery } from "convex/react";
import { useChallenge } from "../challenges/challengeContext";
import { isUnderWay } from "./jobWords";

const PAGE_SIZE = 10;

/** The jobs of the challenge, newest first and live: those of other organisers and of the night as well. */
export function useJobs() {
  const { challengeId } = useChallenge();
  const { results, status, loadMore } = usePaginatedQuery(
    api.queries.maintenance.jobs,
    { challengeId },
    { initialNumItems: PAGE_SIZE },
  );
  return {
    list: status === "LoadingFirstPage" ? undefined : results,
    /** The one that runs, or else one that waits or is paused. */
    active: results.find(({ status: one }) => one === "running") ?? results.find(isUnderWay),
    hasMore: status === "CanLoadMore" || status === "LoadingMore",
    isLoadingMore: status === "LoadingMore",
    showMore: () => loadMore(PAGE_SIZE),
  };
}
export type Jobs = ReturnType<typeof useJobs>;
