import type { Bonus, Rule } from "../tables/scoring";
import { TYPES, type TypeName } from "./ledger.setup";

/** The types of the world: those of every test challenge, and two whose rows depend on their day. */
export type WorldType = TypeName | "jog" | "sip";
/** Types whose rule changes in the course of a sequence. */
export type RuledType = "run" | "jog" | "sip";

const rule = (scoring: Rule["scoring"], more: Partial<Rule> = {}): Rule => ({
  scoring,
  bonuses: [],
  limits: {},
  category: "Moving",
  contributesToStreak: true,
  isNegative: false,
  ...more,
});
const once = (label: string, points: number, atLeast?: number): Bonus => {
  const threshold =
    atLeast === undefined ? {} : ({ metric: "count", unit: "each", atLeast } as const);
  return { kind: "oncePerDay", label, points, ...threshold };
};
const each = (pointsPerUnit: number) =>
  ({ kind: "perUnit", metric: "count", unit: "each", pointsPerUnit }) as const;
const beyond = (freePerDay: number, pointsPerUnit: number) =>
  ({ kind: "allowance", metric: "count", unit: "each", freePerDay, pointsPerUnit }) as const;
const sips = { category: "Treats", contributesToStreak: false };

/** The rule each type begins with: for two of them one by which rows depend on their day. */
export const FIRST_RULE: Record<RuledType, number> = { run: 0, jog: 1, sip: 0 };

/** The rules each of these types may have, as dayModel and model know them. */
export const WORLD_RULES: Record<RuledType, Rule[]> = {
  run: [
    rule(TYPES.run.scoring),
    rule(
      { ...TYPES.run.scoring, pointsPerUnit: 20 },
      { category: "Treats", contributesToStreak: false },
    ),
  ],
  jog: [
    rule(each(10)),
    rule(each(10), {
      bonuses: [once("First", 7, 2)],
      limits: { maxPointsPerDay: 50 },
      contributesToStreak: false,
    }),
    rule(each(10), {
      bonuses: [once("First", 3), once("Long", 11, 3)],
      limits: { maxPointsPerDay: 65 },
      category: "Treats",
    }),
  ],
  sip: [
    rule(beyond(1, 5), { ...sips, isNegative: true }),
    rule(beyond(3, -2), { ...sips, limits: { maxPointsPerDay: 5 } }),
    rule(each(-4), sips),
  ],
};
