import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { formatDay, formatSigned } from "../../lib/format";
import { metricWords } from "../../lib/metricWords";
import type { MetricName, Unit } from "../../lib/ruleWords";
import { eventWords } from "./ledgerLines";

export type Change = FunctionReturnType<typeof api.queries.activities.changes>[number];
type Facts = NonNullable<Change["before"]>;

/** One thing an edit changed, before and after. */
export interface Difference {
  label: string;
  before: string;
  after: string;
}

const NOTHING = "none";

/**
 * What an edit changed, part by part; the points last.
 *
 * @param unitFor the unit the reader counts a metric in
 */
export function differencesOf(
  { before, after, pointsBefore, pointsAfter }: Change,
  unitFor: (metric: MetricName) => Unit,
): Difference[] {
  const parts: Array<[string, (facts: Facts) => string]> = [
    ["Activity", ({ typeName }) => typeName],
    ["Day", ({ loggedDate }) => (loggedDate === null ? NOTHING : formatDay(loggedDate))],
    ["Amount", ({ metrics }) => metricWords(metrics, unitFor) || NOTHING],
    ["Option", ({ variant }) => variant ?? NOTHING],
  ];
  const facts =
    before === undefined || after === undefined
      ? []
      : parts.map(([label, read]) => ({ label, before: read(before), after: read(after) }));
  const points = {
    label: "Points",
    before: formatSigned(pointsBefore),
    after: formatSigned(pointsAfter),
  };
  return [...facts, points].filter((one) => one.before !== one.after);
}

const ROLES: Record<Change["by"]["role"], string> = {
  user: "",
  challengeAdmin: "organiser",
  platformAdmin: "administrator",
  import: "import",
  strava: "Strava",
  system: "Milepost",
};

/** Who did it: "Ada", "Ines (organiser)", "Milepost". */
export function byWords(
  { role, displayName }: Change["by"],
  viewerName: string | undefined,
): string {
  const name = displayName === viewerName && role === "user" ? "you" : displayName;
  const kind = ROLES[role];
  if (name === undefined) return kind === "" ? "its person" : kind;
  return kind === "" ? name : `${name} (${kind})`;
}

/** What was done, as the start of a sentence: "Logged", "Changed with its day". */
export function deedWords({ kind, reason }: Pick<Change, "kind" | "reason">): string {
  const words = eventWords({ name: "", kind, reason });
  const verb = words.slice(words.indexOf(" ") + 1);
  return verb.charAt(0).toUpperCase() + verb.slice(1);
}
