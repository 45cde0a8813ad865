import { describe, expect, test } from "vitest";
import { newsWords, pageOfNews, unreadWords, type News } from "./newsWords";

const activityId = "a1" as Extract<News, { kind: "activityFlagged" }>["activityId"];

/** One of every kind: a kind without a line here does not compile. */
const EVERY: { [Kind in News["kind"]]: Extract<News, { kind: Kind }> } = {
  activityCorrected: { kind: "activityCorrected", activityId, change: "deleted" },
  pointsAdjusted: { kind: "pointsAdjusted", points: -12 },
  activityFlagged: { kind: "activityFlagged", activityId },
  activityHeld: { kind: "activityHeld", count: 2 },
  appealDecided: { kind: "appealDecided", activityId, isAccepted: true },
  appealReopened: { kind: "appealReopened", activityId },
  adminComment: { kind: "adminComment", activityId },
  roleChanged: { kind: "roleChanged", role: "admin" },
  removed: { kind: "removed", isBanned: false },
  achievementAwarded: { kind: "achievementAwarded", name: "Early bird", points: 50 },
  gameStarted: { kind: "gameStarted", name: "Duel" },
  gameSettled: { kind: "gameSettled", name: "Duel", points: 1 },
  standingsFinal: { kind: "standingsFinal", rank: 22 },
  stravaDisconnected: { kind: "stravaDisconnected" },
  lateDismissed: { kind: "lateDismissed", loggedDate: "2026-06-09" },
  lateArrived: { kind: "lateArrived" },
  verifyFailed: { kind: "verifyFailed", findings: 3 },
  jobEnded: { kind: "jobEnded", job: "rescore", status: "completed" },
};

describe("news", () => {
  test.each(Object.values(EVERY))("has words of its own: $kind", (news) => {
    expect(newsWords(news)).toMatch(/^\S.{10,}[^.]$/);
    expect(newsWords(news)).not.toMatch(/undefined|NaN|\[object/);
  });

  test("says what was done to points", () => {
    expect(newsWords(EVERY.pointsAdjusted)).toBe("An organiser took 12 points from you");
    expect(newsWords({ kind: "pointsAdjusted", points: 1 })).toBe("An organiser gave you 1 point");
    expect(newsWords({ kind: "achievementAwarded", name: "Finisher", points: 0 })).toBe(
      "You earned “Finisher”",
    );
  });

  test.each([
    [1, "1st"],
    [2, "2nd"],
    [3, "3rd"],
    [11, "11th"],
    [112, "112th"],
    [123, "123rd"],
  ])("says place %i as %s", (rank, words) => {
    expect(newsWords({ kind: "standingsFinal", rank })).toContain(`you finished ${words}`);
  });

  test("of work that is unknown is still said", () => {
    expect(newsWords({ kind: "jobEnded", job: "later", status: "odd" })).toBe("A job has ended");
  });
});

describe("the way from news to its page", () => {
  test("leads to one's history for one's activities", () => {
    expect(pageOfNews(EVERY.appealDecided)).toBe("history");
  });
  test("leads nowhere for who was removed", () => {
    expect(pageOfNews(EVERY.removed)).toBeNull();
  });
});

test("the bell counts to 99", () => {
  expect(unreadWords({ count: 7, hasMore: false })).toBe("7");
  expect(unreadWords({ count: 98, hasMore: true })).toBe("99+");
});
