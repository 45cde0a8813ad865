import type { Impact, ImpactShare } from "../../tables/jobs";

const MAX_LARGEST = 10;

const NOTHING: Impact = { people: 0, activities: 0, points: 0, largest: [], last: null };

const isEmpty = ({ activities, points }: ImpactShare) => activities === 0 && points === 0;

/** The largest changes either way, largest first; equal ones by person, so that the answer is always the same. */
function largestOf(shares: readonly ImpactShare[]): ImpactShare[] {
  return shares
    .toSorted((a, b) => Math.abs(b.points) - Math.abs(a.points) || (a.userId < b.userId ? -1 : 1))
    .slice(0, MAX_LARGEST);
}

/** An impact with one more share; shares of the same person come one after the other and count as one. */
export function addShare(before: Impact = NOTHING, share: ImpactShare): Impact {
  const isSame = before.last?.userId === share.userId;
  const last = {
    userId: share.userId,
    activities: share.activities + (isSame ? (before.last?.activities ?? 0) : 0),
    points: share.points + (isSame ? (before.last?.points ?? 0) : 0),
  };
  const isCounted = isSame && before.last !== null && !isEmpty(before.last);
  return {
    people: before.people + Number(!isEmpty(last)) - Number(isCounted),
    activities: before.activities + share.activities,
    points: before.points + share.points,
    largest: isSame ? before.largest : closeImpact(before).largest,
    last,
  };
}

/** An impact as it is read: the last person is among the largest changes. */
export function closeImpact(impact: Impact = NOTHING): Omit<Impact, "last"> {
  const { last, largest, ...sums } = impact;
  return { ...sums, largest: largestOf(last && !isEmpty(last) ? [...largest, last] : largest) };
}
