import { useEffect, useState } from "react";

/** The present in UTC ms, moving on once a minute: for stages and closing times, never for points. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
