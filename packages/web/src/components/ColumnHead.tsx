import type { ReactNode } from "react";
import { cn } from "../lib/cn";

/** The head of a column of a plain table; one of numbers stands at their end. */
export function ColumnHead({
  isNumber = false,
  children,
}: {
  isNumber?: boolean;
  children: ReactNode;
}) {
  return (
    <th
      scope="col"
      className={cn(
        "py-2 pr-3 font-semibold whitespace-nowrap last:pr-0",
        isNumber && "text-right",
      )}
    >
      {children}
    </th>
  );
}
