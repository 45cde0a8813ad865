import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { formatDuration } from "./metricWords";
import { formatNumber } from "./format";

/** What a flag says, as `queries/moderation` answers it. */
export type FlagAbout = FunctionReturnType<typeof api.queries.moderation.review>["flags"][number];

export type FlagReason = Extract<FlagAbout, { reason: unknown }>["reason"];

/** What somebody can doubt about another's activity. */
export const FLAG_REASONS: Record<FlagReason, string> = {
  IMPLAUSIBLE: "It looks impossible",
  COUNTED_TWICE: "It may be counted twice",
  WRONG_ACTIVITY: "It may be another activity",
  WRONG_DAY: "It may be on the wrong day",
  SOMEBODY_ELSE: "It may be somebody else's",
  OTHER: "Something else",
};

type Code = Extract<FlagAbout, { code: unknown }>["code"];

const CODES: Record<Code, string> = {
  DAY_OVER_24_HOURS: "The activities of this day last more than 24 hours",
  FASTER_THAN_RECORD: "This is faster than the world record",
  TOO_MUCH_CLIMBING: "This climbs faster than anybody has",
  TOO_MANY_STEPS: "These are more steps than the time allows",
};

function measuredWords(code: Code, measured: number): string {
  switch (code) {
    case "DAY_OVER_24_HOURS":
      return formatDuration(measured);
    case "FASTER_THAN_RECORD":
      return `${formatNumber(Number((measured * 3.6).toFixed(1)))} km/h`;
    case "TOO_MUCH_CLIMBING":
      return `${formatNumber(Math.round(measured))} m`;
    case "TOO_MANY_STEPS":
      return `${formatNumber(measured)} steps`;
  }
}

/** Why somebody should look at an activity, in words; with the figures where they may be shown. */
export function flagWords(about: FlagAbout): string {
  if ("reason" in about) {
    const words = FLAG_REASONS[about.reason];
    return about.text === undefined ? `${words}.` : `${words}: ${about.text}`;
  }
  const words = CODES[about.code];
  if (!("measured" in about)) return `${words}.`;
  const { code, measured, limit } = about;
  return `${words}: ${measuredWords(code, measured)}, at most ${measuredWords(code, limit)} expected.`;
}
