/** Flags of a day for somebody no organiser has agreed or disagreed with. */
const START = 20;
/** What one flag that was upheld or dismissed adds or takes. */
const STEP = 2;
const FEWEST = 5;
const MOST = 100;

/**
 * How many flags a person may raise in 24 hours: 20 at first, two more for each one organisers upheld and two fewer for
 * each they dismissed, from 5 to 100.
 */
export function flagQuota({ upheld, dismissed }: { upheld: number; dismissed: number }): number {
  return Math.min(MOST, Math.max(FEWEST, START + STEP * (upheld - dismissed)));
}
