import { useEffect, useState } from "react";

/** A pause in typing that is long enough to ask for what was typed. */
const PAUSE_MS = 250;

/** What was typed, once the typing has paused: for searches, so that not every letter asks the deployment. */
export function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}
