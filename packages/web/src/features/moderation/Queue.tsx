import type { UsePaginatedQueryResult } from "convex/react";
import { CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { Card } from "../../components/Card";
import { MoreButton } from "../../components/MoreButton";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";

interface QueueProps<Item> {
  list: Pick<UsePaginatedQueryResult<unknown>, "status" | "loadMore">;
  /** What the list is shown as. */
  items: readonly Item[];
  pageSize: number;
  /** What it means that nothing waits. */
  empty: string;
  children: (item: Item) => ReactNode;
}

/** Cards that wait for a decision, the rest at a press. */
export function Queue<Item>({ list, items, pageSize, empty, children }: QueueProps<Item>) {
  const { status } = list;
  if (status === "LoadingFirstPage") {
    return (
      <Loading label="Loading what waits">
        <SkeletonRows count={2} className="h-64 rounded-card" />
      </Loading>
    );
  }
  return (
    <>
      {items.length === 0 && status === "Exhausted" && (
        <Card>
          <EmptyState icon={CircleCheck} title="Nothing waits">
            {empty}
          </EmptyState>
        </Card>
      )}
      {items.map(children)}
      <MoreButton list={list} pageSize={pageSize} />
    </>
  );
}
