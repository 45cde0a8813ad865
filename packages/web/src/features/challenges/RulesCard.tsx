import { addDays } from "@milepost/backend/rules/dates";
import { MAX_ROWS_PER_DAY } from "@milepost/backend/rules/limits";
import { fromCanonical, METRIC_BOUNDS } from "@milepost/backend/rules/units";
import { Card, CardHeader } from "../../components/Card";
import { formatCount, formatDay, formatNumber, formatPoints } from "../../lib/format";
import { useChallenge, type Challenge } from "./challengeContext";

const MOST_KM = formatNumber(fromCanonical(METRIC_BOUNDS.distance_m, "km"));
const MOST_HOURS = formatNumber(fromCanonical(METRIC_BOUNDS.moving_s, "hour"));

/** The rules of a challenge that hold for every activity: a term and its words. */
function ruleWords(challenge: Challenge): Array<[term: string, words: string]> {
  const { startsOn, endsOn, backdateDays, finalDaysFrom } = challenge;
  const { streakBonus, streakMinPoints, streakBonusDailyCap } = challenge;
  const finalFrom = addDays(startsOn, finalDaysFrom - 1);
  const back =
    backdateDays === 0
      ? "On the day itself only."
      : `On the day, or up to ${formatCount(backdateDays, "day")} later.`;
  return [
    ["Logging", `${back} Organisers can add what was forgotten until the standings are final.`],
    [
      "Streak",
      `A day counts when it has ${formatPoints(streakMinPoints)} or more. A day without ends the run; ` +
        "days logged late, changed or deleted put it right.",
    ],
    [
      "Streak bonus",
      streakBonus === "none"
        ? "None in this challenge."
        : "Day 1 of a run earns 1 point, day 2 earns 2, and so on, " +
          `up to ${formatPoints(streakBonusDailyCap)} a day.`,
    ],
    ["Weeks", `Seven days each, counted from ${formatDay(startsOn, "long")}.`],
    [
      "Final days",
      finalFrom === endsOn
        ? `${formatDay(endsOn, "long")}. Some activities may be for it only.`
        : `${formatDay(finalFrom, "long")} to ${formatDay(endsOn, "long")}. Some activities may be for them only.`,
    ],
    ["Ties", "Equal points share a rank; who got there first stands above."],
    [
      "Limits",
      `At most ${MOST_KM} km and ${MOST_HOURS} hours an activity, and ${MAX_ROWS_PER_DAY} activities a day.`,
    ],
    [
      "Fair play",
      "What looks impossible (more than 24 hours in a day, faster than a world record) is marked for the organisers. " +
        "It counts until they decide, and you can answer.",
    ],
  ];
}

export function RulesCard() {
  return (
    <Card>
      <CardHeader title="Rules" />
      <dl className="grid gap-x-6 gap-y-4 sm:grid-cols-[8rem_1fr]">
        {ruleWords(useChallenge()).map(([term, words]) => (
          <div key={term} className="grid gap-0.5 sm:contents">
            <dt className="font-semibold">{term}</dt>
            <dd className="text-ink-soft">{words}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
