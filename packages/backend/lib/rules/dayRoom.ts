import type { Rule } from "../../tables/scoring";
import type { ActivityRow } from "./ledger";
import { type DayCount, type LimitRules, type Room, roomLeft } from "./limits";
import { toCanonical } from "./units";

/** What of a type a person can still do or earn on a day; what its rule does not bound is absent. */
export interface DayRoom extends Room {
  /** Points until the day cap, either way. */
  points?: number;
  /** Of the free amount, in the metric's SI unit. */
  free?: number;
}

/**
 * What the limits, the day cap and the free amount of a type leave to one more row on a day.
 *
 * @param rows the person's live rows of the type on that day
 */
export function dayRoom(
  rule: Rule,
  calendar: Omit<LimitRules, "limits">,
  request: {
    loggedDate: string;
    activityTypeId: string;
    dayCounts: readonly DayCount[];
    rows: ReadonlyArray<Pick<ActivityRow, "pointsEarned" | "allowanceUsed">>;
  },
): DayRoom {
  const { limits, scoring } = rule;
  const { rows } = request;
  const room: DayRoom = roomLeft({ ...calendar, limits }, request);
  if (limits.maxPointsPerDay !== undefined) {
    const points = rows.reduce((sum, { pointsEarned }) => sum + pointsEarned, 0);
    room.points = Math.max(0, limits.maxPointsPerDay - Math.abs(points));
  }
  if (scoring.kind === "allowance") {
    const used = rows.reduce((sum, { allowanceUsed = 0 }) => sum + allowanceUsed, 0);
    room.free = Math.max(0, toCanonical(scoring.freePerDay, scoring.unit) - used);
  }
  return room;
}
