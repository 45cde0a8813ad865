import type { UsePaginatedQueryResult } from "convex/react";
import type { ReactNode } from "react";
import { MoreButton } from "./MoreButton";
import { Loading, SkeletonRows } from "./Skeleton";

interface PagedListProps<Item> {
  /** What is listed, for screen readers. */
  label: string;
  list: UsePaginatedQueryResult<Item>;
  pageSize: number;
  /** In place of an empty list. */
  empty: ReactNode;
  /** One `li`, with its key. */
  children: (item: Item) => ReactNode;
}

/** A list that comes in pages: its skeleton, what stands in for an empty one, and the button for more. */
export function PagedList<Item>({ label, list, pageSize, empty, children }: PagedListProps<Item>) {
  const { results, status } = list;
  if (status === "LoadingFirstPage") {
    return (
      <Loading label={`Loading: ${label}`}>
        <SkeletonRows count={5} />
      </Loading>
    );
  }
  return (
    <>
      {results.length === 0 && status === "Exhausted" && empty}
      <ul aria-label={label} className="divide-y divide-line">
        {results.map(children)}
      </ul>
      <MoreButton list={list} pageSize={pageSize} className="mt-4 w-full" />
    </>
  );
}
