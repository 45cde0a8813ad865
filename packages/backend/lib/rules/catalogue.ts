import type { Bonus, Rule, Unit } from "../../tables/scoring";

/** An activity type an organiser can start with. */
export interface StarterType {
  /** Stays the same for ever: sport labels of an archive find the type by it. */
  key: string;
  name: string;
  rule: Rule;
}

function byDistance(unit: Unit, pointsPerUnit: number, bonuses: Bonus[] = []): Rule {
  return {
    scoring: { kind: "perUnit", metric: "distance_m", unit, pointsPerUnit },
    bonuses,
    limits: {},
    category: "Cardio",
    contributesToStreak: true,
    isNegative: false,
  };
}

function byMinute(category: string, pointsPerUnit: number): Rule {
  return {
    scoring: { kind: "perUnit", metric: "moving_s", unit: "minute", pointsPerUnit },
    bonuses: [],
    limits: {},
    category,
    contributesToStreak: true,
    isNegative: false,
  };
}

function distanceBonus(label: string, unit: Unit, atLeast: number, points: number): Bonus {
  return { kind: "threshold", metric: "distance_m", unit, atLeast, points, label };
}

/** The starter catalogue offered when a challenge is created, in the order it is shown. */
export const STARTER_TYPES: readonly StarterType[] = [
  {
    key: "run",
    name: "Run",
    rule: byDistance("mile", 7.5, [
      distanceBonus("Half marathon", "km", 21.0975, 25),
      distanceBonus("Marathon", "km", 42.195, 100),
    ]),
  },
  {
    key: "ride",
    name: "Ride",
    rule: byDistance("mile", 2.4, [distanceBonus("Century ride", "mile", 100, 50)]),
  },
  { key: "row", name: "Row", rule: byDistance("km", 5) },
  { key: "swim", name: "Swim", rule: byDistance("mile", 15) },
  { key: "walk", name: "Walk", rule: byDistance("mile", 4) },
  { key: "highIntensity", name: "High-intensity workout", rule: byMinute("Workout", 0.9) },
  { key: "lowIntensity", name: "Low-intensity workout", rule: byMinute("Workout", 0.6) },
  { key: "yoga", name: "Yoga", rule: byMinute("Mind and body", 0.4) },
  { key: "strength", name: "Strength training", rule: byMinute("Workout", 0.7) },
  {
    key: "drinks",
    name: "Drinks",
    rule: {
      scoring: {
        kind: "allowance",
        metric: "count",
        unit: "each",
        freePerDay: 1,
        pointsPerUnit: -5,
      },
      bonuses: [],
      limits: {},
      category: "Habits",
      contributesToStreak: false,
      isNegative: true,
    },
  },
];
