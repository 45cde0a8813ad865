import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { formatCount, formatDay, formatNumber, formatPoints } from "../../lib/format";

export type Notification = FunctionReturnType<
  typeof api.queries.notifications.mine
>["page"][number];
export type News = Notification["news"];

const CORRECTIONS: Record<Extract<News, { kind: "activityCorrected" }>["change"], string> = {
  edited: "An organiser changed one of your activities",
  deleted: "An organiser took one of your activities out of the count",
  restored: "An organiser brought one of your activities back",
};

/** What each kind of work is called; a new kind is "A job" until it has a name here. */
const JOBS: Record<string, string> = {
  repair: "The repair of the points",
  backfill: "The filling in of missing numbers",
  rescore: "Counting activities again",
  takePoints: "Taking a person's points out of the count",
  deletePerson: "Deleting an account",
  deleteChallenge: "Deleting a challenge",
};

const ENDINGS: Record<string, string> = {
  completed: "is done",
  failed: "stopped because of an error",
  cancelled: "was cancelled",
};

/** One piece of news as a sentence to the person it is for. */
export function newsWords(news: News): string {
  switch (news.kind) {
    case "activityCorrected":
      return CORRECTIONS[news.change];
    case "pointsAdjusted":
      return news.points < 0
        ? `An organiser took ${formatPoints(-news.points)} from you`
        : `An organiser gave you ${formatPoints(news.points)}`;
    case "activityFlagged":
      return "One of your activities looks impossible. It counts until organisers have looked at it";
    case "activityHeld":
      return `${formatCount(news.count, "imported activity", "imported activities")} may be there already and ${news.count === 1 ? "waits" : "wait"} for you`;
    case "appealDecided":
      return news.isAccepted
        ? "The organisers agreed with your objection"
        : "The organisers did not agree with your objection";
    case "appealReopened":
      return "The organisers look at your objection again";
    case "adminComment":
      return "An organiser wrote to you about one of your activities";
    case "roleChanged":
      return news.role === "admin"
        ? "You are an organiser now"
        : "You are a participant now, and no longer an organiser";
    case "removed":
      return news.isBanned
        ? "You were removed from a challenge and cannot join it again"
        : "You were removed from a challenge";
    case "achievementAwarded":
      return `You earned “${news.name}”${news.points === 0 ? "" : `: ${formatPoints(news.points)}`}`;
    case "gameStarted":
      return `The game “${news.name}” has begun`;
    case "gameSettled":
      return `The game “${news.name}” is over: you won ${formatPoints(news.points)}`;
    case "standingsFinal":
      return news.rank === null
        ? "The standings are final"
        : `The standings are final: you finished ${ordinal(news.rank)}`;
    case "stravaDisconnected":
      return "Strava is no longer connected. Connect it again to go on importing";
    case "lateDismissed":
      return `Your activity of ${formatDay(news.loggedDate)} arrived too late from Strava, and an organiser decided that it does not count`;
    case "lateArrived":
      return "Activities arrived late from Strava and wait for your decision";
    case "verifyFailed":
      return `The check of all points found ${formatCount(news.findings, "mismatch", "mismatches")}`;
    case "jobEnded":
      return `${JOBS[news.job] ?? "A job"} ${ENDINGS[news.status] ?? "has ended"}`;
  }
}

const plurals = new Intl.PluralRules("en", { type: "ordinal" });
const SUFFIXES: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };

/** "1st", "22nd", "113th". */
function ordinal(rank: number): string {
  return `${formatNumber(rank)}${SUFFIXES[plurals.select(rank)] ?? "th"}`;
}

/** The page that has more to say about a piece of news. */
export type NewsPage =
  | "history"
  | "board"
  | "organise"
  | "organiseStrava"
  | "maintenance"
  | "awards"
  | "standings"
  | "strava";

/** Where to go from a piece of news; null when there is nothing more to see. */
export function pageOfNews(news: News): NewsPage | null {
  switch (news.kind) {
    case "activityCorrected":
    case "pointsAdjusted":
    case "activityFlagged":
    case "activityHeld":
    case "appealDecided":
    case "appealReopened":
    case "adminComment":
      return "history";
    case "roleChanged":
      return news.role === "admin" ? "organise" : "board";
    case "achievementAwarded":
    case "gameStarted":
    case "gameSettled":
      return "awards";
    case "standingsFinal":
      return "standings";
    case "stravaDisconnected":
    case "lateDismissed":
      return "strava";
    case "lateArrived":
      return "organiseStrava";
    case "verifyFailed":
    case "jobEnded":
      return "maintenance";
    case "removed":
      return null;
  }
}

/** How many unread ones the bell shows; "99+" when there are more than are counted. */
export function unreadWords({ count, hasMore }: { count: number; hasMore: boolean }): string {
  return hasMore ? "99+" : formatNumber(count);
}
