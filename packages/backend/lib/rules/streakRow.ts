import { type ActivityRow, fieldsOf, type StandingRow, type StoredActivity } from "./ledger";

const NEW_ROW: Omit<ActivityRow, "challengeId" | "userId"> = {
  activityTypeId: null,
  ruleVersion: 0,
  source: "streak",
  loggedDate: null,
  metrics: {},
  pointsEarned: 0,
  breakdown: [],
  version: 1,
  isSticky: false,
};

/**
 * The one row that holds a person's streak bonus in a challenge, live and with these points.
 *
 * @param before the stored one; null when there is none yet
 */
export function streakRow(
  { challengeId, userId }: Pick<StandingRow, "challengeId" | "userId">,
  before: StoredActivity | null,
  points: number,
): ActivityRow {
  const { deletedAt: _, ...row }: ActivityRow = before
    ? { ...fieldsOf(before), version: before.version + 1 }
    : { challengeId, userId, ...NEW_ROW };
  const breakdown = [{ kind: "streak" as const, label: "Streak bonus", points }];
  return { ...row, pointsEarned: points, breakdown };
}
