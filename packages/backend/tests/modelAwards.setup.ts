import type { ModelPerson, ModelRow } from "./model.setup";

/** The awards people deserve for what they did, and their rows, counted anew from all rows each time. */

/** Two runs or jogs in a week, once a week. */
export const WEEKLY = { name: "Busy week", points: 15, times: 2 };
/** Four kilometres, of hikes half of them, once. */
export const FAR = { name: "Far", points: 40, metres: 4000 };

/** Where the award keys of the two begin. */
export interface AwardPrefixes {
  weekly: string;
  far: string;
}

const weekOf = (day: number) => Math.ceil(day / 7);
const isWeekly = ({ type }: ModelRow) => type === "run" || type === "jog";

/** Half metres, so that hikes count whole. */
function halfMetres({ type, amount, isForgotten }: ModelRow): number {
  if (isForgotten) return 0;
  return type === "run" ? 2 * amount : type === "hike" ? amount : 0;
}

/** The day and points of each award, by its key. */
function deserved(person: ModelPerson, prefixes: AwardPrefixes) {
  const awards = new Map<string, { day: number; points: number }>();
  const rows = person.rows.filter(({ isDeleted, type }) => !isDeleted && type !== null);
  for (const week of new Set(rows.map(({ day }) => weekOf(day)))) {
    const days = rows
      .filter((row) => isWeekly(row) && weekOf(row.day) === week)
      .map(({ day }) => day)
      .sort((a, b) => a - b);
    const day = days[WEEKLY.times - 1];
    if (day !== undefined)
      awards.set(`${prefixes.weekly}week-${week}`, { day, points: WEEKLY.points });
  }
  let sum = 0;
  for (const row of [...rows].sort((a, b) => a.day - b.day)) {
    const before = sum;
    sum += halfMetres(row);
    const isReached = before < 2 * FAR.metres && sum >= 2 * FAR.metres;
    if (isReached) awards.set(`${prefixes.far}once`, { day: row.day, points: FAR.points });
  }
  return awards;
}

/** Gives, moves and takes back awards; `add` makes the row of one that somebody never had. */
export function settleAwards(
  person: ModelPerson,
  prefixes: AwardPrefixes,
  add: (award: { awardKey: string; day: number; points: number }) => void,
): void {
  const wanted = deserved(person, prefixes);
  for (const row of person.rows) {
    const { awardKey = "" } = row;
    if (!awardKey.startsWith(prefixes.weekly) && !awardKey.startsWith(prefixes.far)) continue;
    const award = wanted.get(awardKey);
    wanted.delete(awardKey);
    const isSame = award === undefined ? row.isDeleted : !row.isDeleted && row.day === award.day;
    if (isSame) continue;
    Object.assign(row, award, { isDeleted: award === undefined, version: row.version + 1 });
  }
  for (const [awardKey, award] of wanted) add({ awardKey, ...award });
}
