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
  const effectiveZone = zone ?? browserZone();
  const [today, setToday] = useState(() => dayOfInstant(Date.now(), effectiveZone));
  useEffect(() => {
    const refresh = (): void => setToday(dayOfInstant(Date.now(), effectiveZone));
    refresh();
    // A minute's tick instead of one long timer: timers do not run while a laptop sleeps.
    const timer = setInterval(refresh, 60_000);
    document.addEventListener("visibilitychange", refresh);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", refresh);
    };
  }, [effectiveZone]);
  return today;
}
