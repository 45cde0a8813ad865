import * as model from "./model.setup";
import type { ModelPerson, ModelRow, ModelVersion, Said } from "./model.setup";
import type { WorldType } from "./worldTypes.setup";

/** What becomes of rows of an archive or of Strava, said by the plain words of the rules. */

/** What a chunk is imported into. */
export interface Importing {
  person: ModelPerson;
  source: "archive" | "strava";
  allowDuplicates: boolean;
  /** An admin's decision: any past day of the challenge. */
  isAdmin: boolean;
  current: (type: WorldType) => ModelVersion;
  add: (
    facts: Pick<ModelRow, "source" | "type" | "day" | "amount"> & Partial<ModelRow>,
  ) => ModelRow;
}

/** What a second row of the same id does not say again. */
const SAID_ONCE = ["created", "updated", "LIKELY_DUPLICATE"];

export const externalIdOf = ({ number }: Pick<Said, "number">) => `ride-${number}`;
/** Minutes of the day that a row of this number starts at: neighbours are too far apart to be one. */
export const minuteOf = ({ number }: Pick<Said, "number">) => 360 + 30 * number;
export const typeOfSport = (sport: string): WorldType | null =>
  sport === "Run" ? "run" : sport === "Jog" ? "jog" : null;
const contentOf = ({ day, amount, sport, number }: Said) =>
  JSON.stringify([day, amount, sport, number]);

/** What is said of each row of a chunk: the first row of an id counts, and rows that found no place try again. */
export function importAll(to: Importing, rows: readonly Said[]): string[] {
  const told = new Map<number, string>();
  for (const row of rows) {
    if (!told.has(row.number)) told.set(row.number, importRow(to, row));
  }
  for (let hasMoved = [...told.values()].includes("updated"); hasMoved;) {
    hasMoved = false;
    for (const [number, reason] of told) {
      const row = rows.find((one) => one.number === number);
      if (reason !== "LIMIT_REACHED" || row === undefined) continue;
      const again = importRow(to, row);
      told.set(number, again);
      hasMoved ||= again === "updated";
    }
  }
  return rows.map((row, index) => {
    const said = told.get(row.number) ?? "";
    const isFirst = rows.findIndex(({ number }) => number === row.number) === index;
    return !isFirst && SAID_ONCE.includes(said) ? "exists" : said;
  });
}

function importRow(to: Importing, said: Said): string {
  const { person, source } = to;
  const externalId = externalIdOf(said);
  const row = person.rows.find((one) => one.source === source && one.externalId === externalId);
  return row === undefined ? create(to, said) : update(to, said, row);
}

function create(to: Importing, said: Said): string {
  const { person, source, isAdmin, allowDuplicates } = to;
  const externalId = externalIdOf(said);
  const type = typeOfSport(said.sport);
  if (type === null) return "UNMAPPED_SPORT";
  const held = person.held.find((one) => one.source === source && one.externalId === externalId);
  if (held?.isDiscarded) return "DELETED";
  const code = model.fits(person, { type, day: said.day }, { isAdmin });
  if (code !== null) return code;
  const twin = person.rows.find((other) => isTwin(other, said, { source, type }));
  if (twin !== undefined && !allowDuplicates) {
    if (held) Object.assign(held, { said, twin });
    else person.held.push({ id: "", source, externalId, said, twin, isDiscarded: false });
    return "LIKELY_DUPLICATE";
  }
  const { day, amount } = said;
  const start = { day, minute: minuteOf(said) };
  to.add({ source, type, day, amount, externalId, content: contentOf(said), start });
  person.held = person.held.filter((one) => one !== held);
  return "created";
}

/** Whether a row of another source may be the same workout: started at the same time, or measured alike. */
function isTwin(
  other: ModelRow,
  { day, amount, number }: Said,
  { source, type }: { source: string; type: WorldType },
): boolean {
  if (other.isDeleted || other.type === null || other.source === source) return false;
  if (other.day !== day) return false;
  const start = other.isSealed ? undefined : other.start;
  const minute = minuteOf({ number });
  const isSameStart = start?.day === day && Math.abs(start.minute - minute) <= 15;
  if (isSameStart) return true;
  const measured = other.isSealed ? 0 : other.amount;
  if (measured === 0 || amount === 0) return other.type === type && start === undefined;
  return Math.abs(measured - amount) <= 0.15 * Math.max(measured, amount);
}

function update({ person, isAdmin, current }: Importing, said: Said, row: ModelRow): string {
  const content = contentOf(said);
  if (row.isDeleted) return "DELETED";
  if (row.content === content) return "exists";
  if (row.isSticky) return "ADMIN_CHANGED";
  if (row.isSealed) return "INVALID_INPUT";
  const type = typeOfSport(said.sport) ?? row.type ?? "run";
  const { day, amount } = said;
  const isSame = row.type === type && row.day === day && row.amount === amount;
  const code = isSame ? null : model.fits(person, { type, day }, { isAdmin, self: row });
  if (code !== null) return code;
  if (row.type !== type) row.scoredBy = current(type);
  Object.assign(row, { type, day, amount, content, start: { day, minute: minuteOf(said) } });
  row.version += 1;
  return "updated";
}
