import { useEffect, useRef, useState } from "react";
import { useViewer } from "../../app/context";
import { useChallenge } from "../challenges/challengeContext";
import type { BoardRow } from "./boardRows";
import { lookAt, lookToCompare, readLooks, writeLooks, type Look } from "./lastLook";

/**
 * The ranks the viewer saw on this board at their last visit; remembers the present ones when they go. The component
 * stays with one board.
 *
 * @returns null on a first visit
 */
export function useLastLook(board: string, rows: readonly BoardRow[] | undefined): Look | null {
  const { challengeId } = useChallenge();
  const viewerId = useViewer()?.userId ?? "";
  const [before] = useState(() =>
    lookToCompare(readLooks({ challengeId, board, viewerId }), Date.now()),
  );
  const shown = useRef(rows);
  useEffect(() => {
    shown.current = rows;
  }, [rows]);
  useEffect(() => {
    function remember(): void {
      const seen = shown.current;
      if (seen === undefined || seen.length === 0) return;
      const looks = { latest: lookAt(seen, Date.now()), before };
      writeLooks({ challengeId, board, viewerId }, looks);
    }
    // Also when the page is hidden: a phone may never come back to it.
    document.addEventListener("visibilitychange", remember);
    globalThis.addEventListener("pagehide", remember);
    return () => {
      remember();
      document.removeEventListener("visibilitychange", remember);
      globalThis.removeEventListener("pagehide", remember);
    };
  }, [challengeId, board, viewerId, before]);
  return before;
}
