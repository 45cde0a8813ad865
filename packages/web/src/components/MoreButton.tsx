import type { UsePaginatedQueryResult } from "convex/react";
import { Button } from "./Button";

interface MoreButtonProps {
  list: Pick<UsePaginatedQueryResult<unknown>, "status" | "loadMore">;
  pageSize: number;
  className?: string;
  children?: string;
}

/** Asks for the next page of a list; nothing where there is none, or where the first one is on its way. */
export function MoreButton({ list, pageSize, className, children = "Show more" }: MoreButtonProps) {
  const { status, loadMore } = list;
  if (status === "Exhausted" || status === "LoadingFirstPage") return null;
  return (
    <Button
      variant="secondary"
      className={className}
      pending={status === "LoadingMore"}
      onClick={() => loadMore(pageSize)}
    >
      {children}
    </Button>
  );
}
