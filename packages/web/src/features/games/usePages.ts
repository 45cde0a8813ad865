import { useState } from "react";

export interface Pages {
  /** The position after which the page begins, null for the first. */
  cursor: number | null;
  /** Leafs back; null on the first page. */
  previous: (() => void) | null;
  /** Leafs on to the page after a cursor; null for the last page. */
  nextTo: (cursor: number | null | undefined) => (() => void) | null;
}

/** Where somebody is in a list that comes in pages by cursor. */
export function usePages(): Pages {
  const [cursors, setCursors] = useState<number[]>([]);
  return {
    cursor: cursors.at(-1) ?? null,
    previous: cursors.length === 0 ? null : () => setCursors(cursors.slice(0, -1)),
    nextTo: (cursor) =>
      cursor === null || cursor === undefined ? null : () => setCursors([...cursors, cursor]),
  };
}
