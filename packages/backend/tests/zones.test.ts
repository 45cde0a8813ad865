import moment from "moment-timezone";
import { describe, expect, test } from "vitest";
import { addDays, dayOfInstant, daysBetween, endOfDay, possibleToday } from "../lib/rules/dates";
import { streakOf } from "../lib/rules/streak";

/**
 * Every IANA zone this engine knows, every day of up to three years, against moment-timezone, which brings a copy of the zone
 * database of its own and does not ask the engine. The years are settled ones: engines and libraries agree about them.
 */

const YEARS = Number(process.env.MILEPOST_ZONE_YEARS ?? 1);
const FIRST_DAY = "2020-01-01";
const LAST_DAY = `${2019 + YEARS}-12-31`;
const MINUTE = 60_000;
const DAY = 86_400_000;

const ZONES = Intl.supportedValuesOf("timeZone");
const DAYS = Array.from({ length: daysBetween(FIRST_DAY, LAST_DAY) + 1 }, (_, index) =>
  new Date(Date.UTC(2020, 0, 1 + index)).toISOString().slice(0, 10),
);

/** The local calendar day of an instant, by offsets alone. */
function oracle(zone: string): (ms: number) => string {
  const known = moment.tz.zone(zone);
  if (known === null) throw new Error(`the oracle does not know ${zone}`);
  return (ms) => new Date(ms - known.utcOffset(ms) * MINUTE).toISOString().slice(0, 10);
}

describe("E1 E2 E3", () => {
  test(
    `days agree with another zone database in ${ZONES.length} zones on ${DAYS.length} days`,
    { timeout: 300_000 },
    () => {
      const wrong: string[] = [];
      let transitions = 0;
      for (const zone of ZONES) {
        const localDay = oracle(zone);
        let previous = endOfDay(addDays(FIRST_DAY, -1), zone);
        const counted: Array<{ day: string; streakPoints: number }> = [];
        for (const day of DAYS) {
          const end = endOfDay(day, zone);
          if (end - previous !== DAY) transitions += 1;
          const isRight =
            localDay(previous) === day &&
            localDay(end - MINUTE) === day &&
            localDay(end) === addDays(day, 1) &&
            dayOfInstant(previous, zone) === day &&
            dayOfInstant(end - 1, zone) === day;
          if (!isRight) wrong.push(`${zone} ${day}`);
          // Somebody who logs in the first minute of a day and in the last one of the next still logs on both days.
          const at = counted.length % 2 === 0 ? previous : end - 1;
          counted.push({ day: possibleToday(at, zone).latest, streakPoints: 10 });
          previous = end;
        }
        const rules = { minPoints: 10, bonus: "none", dailyCap: 30 } as const;
        if (streakOf(counted, rules).length !== DAYS.length) wrong.push(`${zone} streak`);
      }
      console.log(
        `${ZONES.length} zones, ${DAYS.length} days each, ${transitions} of them not 24 hours long`,
      );
      expect(wrong).toEqual([]);
      expect(transitions).toBeGreaterThan(200);
    },
  );
});
