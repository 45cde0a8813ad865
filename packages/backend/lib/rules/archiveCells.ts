import type { ArchiveGeneration } from "./archiveHeader";
import { isDay } from "./dates";

const POINT_NUMBER = /^\d+(\.\d+)?(e[+-]?\d{1,3})?$/i;

/** A number as the precise columns write it in every language (`5700.2998046875`); null when the cell is anything else. */
export function preciseNumber(cell: string): number | null {
  return POINT_NUMBER.test(cell) ? Number(cell) : null;
}

/**
 * A number as a person of that language reads it: English `1,250` and German `1.250` are 1250, German `4,73` is 4.73. null when
 * it cannot be one of that language (`4.73` in German), and for separators of a language we do not know.
 */
export function displayedNumber(
  cell: string,
  language: ArchiveGeneration["language"],
): number | null {
  if (/^\d+$/.test(cell)) return Number(cell);
  switch (language) {
    case "en":
      return /^(\d+|\d{1,3}(,\d{3})+)(\.\d+)?$/.test(cell)
        ? Number(cell.replaceAll(",", ""))
        : null;
    case "nl":
    case "de":
      return /^(\d+|\d{1,3}(\.\d{3})+)(,\d+)?$/.test(cell)
        ? Number(cell.replaceAll(".", "").replace(",", "."))
        : null;
    case "other":
      return null;
  }
}

/** Months as English, Dutch and German write them, whole or cut, without their dot. */
const MONTHS = [
  ["jan", "january", "januari", "januar", "jän", "jänner"],
  ["feb", "february", "februari", "februar"],
  ["mar", "march", "mrt", "maart", "mär", "märz", "mrz"],
  ["apr", "april"],
  ["may", "mei", "mai"],
  ["jun", "june", "juni"],
  ["jul", "july", "juli"],
  ["aug", "august", "augustus"],
  ["sep", "sept", "september"],
  ["oct", "okt", "october", "oktober"],
  ["nov", "november"],
  ["dec", "dez", "december", "dezember"],
];

function monthNumber(name: string): number {
  const text = name.normalize("NFC").toLowerCase();
  return MONTHS.findIndex((names) => names.includes(text)) + 1;
}

const TIME = String.raw`,? (?<hour>\d{1,2}):(?<minute>\d{2}):(?<second>\d{2})(?: (?<half>[AP]M))?$`;
const DATE_PATTERNS = [
  // Jul 12, 2016, 5:13:58 PM
  new RegExp(String.raw`^(?<name>\p{L}+)\.? (?<day>\d{1,2}), (?<year>\d{4})${TIME}`, "iu"),
  // 25 Jun 2015, 11:18:35 | 23 jun. 2017 15:52:12 | 5. März 2022, 15:52:12
  new RegExp(String.raw`^(?<day>\d{1,2})\.? (?<name>\p{L}+)\.? (?<year>\d{4})${TIME}`, "iu"),
  // 09.12.2022, 15:24:49 | 6. 9. 2026 11:18:40
  new RegExp(String.raw`^(?<day>\d{1,2})\. ?(?<month>\d{1,2})\. ?(?<year>\d{4})${TIME}`, "iu"),
  // 2018-09-12 15:02:23
  new RegExp(String.raw`^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})${TIME}`, "iu"),
];

function hourOf(text: string, half: string | undefined): number | null {
  const hour = Number(text);
  if (half === undefined) return hour <= 23 ? hour : null;
  if (hour < 1 || hour > 12) return null;
  return (hour % 12) + (half.toUpperCase() === "PM" ? 12 : 0);
}

/**
 * The instant (UTC ms) of an Activity Date cell, which carries no zone and is UTC. null for a format none of the known languages writes, and
 * for a day or time that does not exist.
 */
export function activityInstant(cell: string): number | null {
  // Newer exports put a narrow no-break space before AM and PM.
  const text = cell.replace(/\s+/g, " ").trim();
  for (const pattern of DATE_PATTERNS) {
    const groups = pattern.exec(text)?.groups;
    if (!groups) continue;
    const { year = "", month, name = "", day = "", half } = groups;
    const monthText = (month === undefined ? monthNumber(name) : Number(month)).toString();
    const date = `${year}-${monthText.padStart(2, "0")}-${day.padStart(2, "0")}`;
    const hour = hourOf(groups.hour ?? "", half);
    const minute = Number(groups.minute);
    const second = Number(groups.second);
    if (!isDay(date) || hour === null || minute > 59 || second > 59) return null;
    return Date.UTC(Number(year), Number(monthText) - 1, Number(day), hour, minute, second);
  }
  return null;
}
