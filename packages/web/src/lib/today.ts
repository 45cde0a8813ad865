import { dayOfInstant } from "@milepost/backend/rules/dates";
import { useEffect, useState } from "react";

/** The zone the browser is set to. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/**
 * The person's local day, kept right across midnight, a sleeping laptop and a change of zone.
 *
 * @param zone IANA zone of the person; the browser's when unknown.
 */
export function useLocalDay(zone: string | undefined): string {
  // The moment is kept and not the day, so that the day is right in the very render that learns the zone.
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const refresh = (): void => setNow(Date.now());
    // A minute's tick instead of one long timer: timers do not run while a laptop sleeps.
    const timer = setInterval(refresh, 60_000);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, []);
  return dayOfInstant(now, zone ?? browserZone());
}
