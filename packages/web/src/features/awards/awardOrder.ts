import type { Achievement, OwnProgress } from "./awardWords";

/**
 * Achievements as a person wants to see them: what is nearest first, then what is done for good. Archived ones only
 * where they were earned.
 */
export function sortedAchievements(
  achievements: readonly Achievement[],
  mine: readonly OwnProgress[],
): Achievement[] {
  const own = new Map(mine.map((one) => [one.achievementId, one]));
  const earned = ({ achievementId }: Achievement): number =>
    own.get(achievementId)?.awards.length ?? 0;
  const share = ({ achievementId }: Achievement): number => {
    const { value, target } = own.get(achievementId) ?? { value: 0, target: 1 };
    return value / Math.max(target, Number.EPSILON);
  };
  return achievements
    .filter((one) => !one.isArchived || earned(one) > 0)
    .toSorted(
      (a, b) =>
        Number(a.isArchived) - Number(b.isArchived) ||
        Number(isDone(a, earned(a))) - Number(isDone(b, earned(b))) ||
        share(b) - share(a),
    );
}

function isDone({ frequency }: Achievement, times: number): boolean {
  return frequency === "oncePerChallenge" && times > 0;
}
