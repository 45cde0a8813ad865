import { checkDays, checkSettings } from "@milepost/backend/rules/games";
import { parseDecimal } from "../../../lib/decimals";
import { wordsOf } from "../../../lib/refusals";
import type { Game, GameKind, Settings } from "../../games/gameWords";
import type { FieldProblem } from "../rules/readRule";

/** First and last day, `YYYY-MM-DD`. */
interface Days {
  startsOn: string;
  endsOn: string;
}

/** The form of a mini-game; numbers are text as typed, and those of other kinds are kept. */
export interface GameValues extends Days {
  name: string;
  kind: GameKind;
  sharePercent: string;
  catchPoints: string;
  caughtPoints: string;
  recordPoints: string;
}

export interface GameWish extends Days {
  name: string;
  settings: Settings;
}

export type ReadGame = { ok: true; wish: GameWish } | { ok: false; problems: FieldProblem[] };

/** What a game pays unless an organiser says otherwise. */
const DEFAULTS = { sharePercent: "10", catchPoints: "75", caughtPoints: "25", recordPoints: "100" };

/** A game as its form shows it. */
export function valuesOf({ name, startsOn, endsOn, settings }: GameWish): GameValues {
  const { kind, ...numbers } = settings;
  const texts = Object.fromEntries(
    Object.entries(numbers).map(([key, value]) => [key, String(value)]),
  );
  return { name, startsOn, endsOn, kind, ...DEFAULTS, ...texts };
}

/** The form of a new game: the week from tomorrow, inside the challenge. */
export function newGame(tomorrow: string, inAWeek: string, challenge: Days): GameValues {
  const within = (day: string): string => {
    if (day < challenge.startsOn) return challenge.startsOn;
    return day > challenge.endsOn ? challenge.endsOn : day;
  };
  const days = { startsOn: within(tomorrow), endsOn: within(inAWeek) };
  return { name: "", ...days, kind: "partnerWeek", ...DEFAULTS };
}

/** The fields of numbers a kind of game asks for. */
export const NUMBER_FIELDS: Record<
  GameKind,
  Array<{ name: keyof typeof DEFAULTS; label: string; suffix: string }>
> = {
  partnerWeek: [{ name: "sharePercent", label: "Share of the partner's points", suffix: "%" }],
  huntWeek: [
    { name: "catchPoints", label: "For catching the prey", suffix: "points" },
    { name: "caughtPoints", label: "Taken when caught", suffix: "points" },
  ],
  prWeek: [{ name: "recordPoints", label: "For a new best day", suffix: "points" }],
};

function settingsOf(values: GameValues, read: (name: keyof typeof DEFAULTS) => number): Settings {
  const { kind } = values;
  switch (kind) {
    case "partnerWeek":
      return { kind, sharePercent: read("sharePercent") };
    case "huntWeek":
      return { kind, catchPoints: read("catchPoints"), caughtPoints: read("caughtPoints") };
    case "prWeek":
      return { kind, recordPoints: read("recordPoints") };
  }
}

/** The game a form says, checked by the deployment's own rules; or what is wrong with which field. */
export function readGame(values: GameValues, challenge: Days): ReadGame {
  const problems: FieldProblem[] = [];
  const { startsOn, endsOn } = values;
  const name = values.name.trim();
  if (name === "") problems.push({ path: "name", words: "Give it a name." });
  if (startsOn !== "" && endsOn !== "" && endsOn < startsOn)
    problems.push({ path: "endsOn", words: "The last day is before the first." });
  const settings = settingsOf(values, (field) => {
    const number = parseDecimal(values[field]);
    if (number.ok) return number.value;
    problems.push({ path: field, words: number.problem });
    return 0;
  });
  if (problems.length > 0) return { ok: false, problems };
  for (const checked of [checkDays({ startsOn, endsOn }, challenge), checkSettings(settings)]) {
    if (checked.ok || checked.refusal.code !== "INVALID_INPUT") continue;
    const path = checked.refusal.path.replace(/^settings\./, "");
    const words =
      path === "startsOn" || path === "endsOn"
        ? "Choose a day of the challenge."
        : wordsOf(checked.refusal);
    problems.push({ path, words });
  }
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, wish: { name, startsOn, endsOn, settings } };
}

/** How long after its end a finished game can be taken back. */
const REVERSIBLE_MS = 48 * 3_600_000;

/** Until when a finished game can be taken back, UTC ms; null when it cannot. */
export function reversibleUntil(
  {
    status,
    completedAt,
    cancelledBecause,
    failures,
  }: Pick<Game, "status" | "completedAt" | "cancelledBecause" | "failures">,
  now: number,
): number | null {
  if (status === "cancelled" && cancelledBecause !== null && failures > 0) return Infinity;
  if (status !== "completed" || completedAt === null) return null;
  const until = completedAt + REVERSIBLE_MS;
  return now <= until ? until : null;
}

/** How far the counting or the taking back of a game is, in words. */
export function phaseWords(phase: "measure" | "settle" | "reverse"): string {
  switch (phase) {
    case "measure":
      return "Adding up what everybody earned";
    case "settle":
      return "Giving the points";
    case "reverse":
      return "Taking the points back";
  }
}
