import { describe, expect, it } from "vitest";
import { agoWords, boardNews } from "./stageWords";

const challenge = {
  startsOn: "2026-06-01",
  endsOn: "2026-06-20",
  timezone: "Europe/Berlin",
  graceHours: 48,
  isFinal: false,
};
const at = (moment: string): number => Date.parse(moment);

describe("the stage of a board", () => {
  it("is upcoming until the first day begins in the challenge's zone", () => {
    const startsAt = at("2026-05-31T22:00:00Z");
    expect(boardNews(challenge, startsAt - 1)).toEqual({ kind: "upcoming", startsAt });
    expect(boardNews(challenge, startsAt)).toBeNull();
  });

  it("is in grace after the last day, then closed, then final", () => {
    const closesAt = at("2026-06-22T22:00:00Z");
    expect(boardNews(challenge, at("2026-06-20T21:59:59Z"))).toBeNull();
    expect(boardNews(challenge, at("2026-06-20T22:00:00Z"))).toEqual({ kind: "grace", closesAt });
    expect(boardNews(challenge, closesAt)).toEqual({ kind: "closed" });
    expect(boardNews({ ...challenge, isFinal: true }, closesAt)).toEqual({ kind: "final" });
  });
});

describe("words for spans of time", () => {
  const MINUTE = 60_000;
  const HOUR = 60 * MINUTE;

  it("say how long ago something was", () => {
    const ages = [0, 12_000, 3 * MINUTE, 2 * HOUR, 49 * HOUR];
    const words = ["just now", "12 s ago", "3 min ago", "2 h ago", "2 days ago"];
    expect(ages.map(agoWords)).toEqual(words);
  });
});
