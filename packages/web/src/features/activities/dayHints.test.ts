import { describe, expect, test } from "vitest";
import {
  findingsOf,
  likelyTwins,
  sideEffectWords,
  twinWords,
  type Deed,
  type OwnDay,
} from "./dayHints";

type Row = OwnDay["rows"][number];

function row(facts: Partial<Row>): Row {
  const ids = {
    activityId: "a" as Row["activityId"],
    activityTypeId: "run" as Row["activityTypeId"],
  };
  return { ...ids, typeName: "Run", source: "manual", metrics: {}, pointsEarned: 1, ...facts };
}

function deed(metrics: Deed["metrics"], type = "run"): Deed {
  return { activityTypeId: type as Deed["activityTypeId"], catalogueKey: type, metrics };
}

describe("likely twins", () => {
  const strava = row({ source: "strava", metrics: { distance_m: 5200 } });

  test("measure alike, within 15 %", () => {
    expect(likelyTwins([strava], deed({ distance_m: 5000 }))).toEqual([strava]);
    expect(likelyTwins([strava], deed({ distance_m: 4400 }))).toEqual([]);
  });

  test("of another type need a distance on both", () => {
    expect(likelyTwins([strava], deed({ distance_m: 5200 }, "walk"))).toEqual([strava]);
    const half = row({ metrics: { moving_s: 1800 } });
    expect(likelyTwins([half], deed({ moving_s: 1800 }, "yoga"))).toEqual([]);
    expect(likelyTwins([half], deed({ moving_s: 1800 }))).toEqual([half]);
  });

  test("are not guessed where nothing was measured", () => {
    expect(likelyTwins([row({})], deed({}))).toEqual([]);
  });

  test("are named with amount and source", () => {
    expect(twinWords(strava, () => "km")).toBe("Run, 5.2 km (Strava)");
    expect(twinWords(row({}), () => "km")).toBe("Run");
  });
});

describe("what cannot easily be true", () => {
  test("is found as the deployment finds it, with the others of the day", () => {
    expect(findingsOf([], deed({ distance_m: 10_000, moving_s: 1200 }))).toMatchObject([
      { code: "FASTER_THAN_RECORD" },
    ]);
    const long = row({ metrics: { moving_s: 80_000 } });
    expect(findingsOf([long], deed({ moving_s: 7000 }))).toMatchObject([
      { code: "DAY_OVER_24_HOURS" },
    ]);
    expect(findingsOf([], deed({ distance_m: 10_000, moving_s: 3000 }))).toEqual([]);
  });
});

describe("side effects", () => {
  test("name what other activities of the day lose or gain, and the streak", () => {
    const others = [
      { typeName: "Walk", pointsBefore: 12, pointsAfter: 9 },
      { typeName: "Run", pointsBefore: 1, pointsAfter: 2 },
    ];
    expect(sideEffectWords({ others, streakBonusChange: 5 })).toEqual([
      "Your other Walk of that day loses 3 points.",
      "Your other Run of that day gains 1 point.",
      "Your streak adds 5 points.",
    ]);
    expect(sideEffectWords({ others: [], streakBonusChange: -1 })).toEqual([
      "Your streak takes 1 point.",
    ]);
    expect(sideEffectWords({ others: [], streakBonusChange: 0 })).toEqual([]);
  });
});
