import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { formatCount, formatDate } from "../../lib/format";

/** How the viewer stands with Strava. */
export type StravaStatus = FunctionReturnType<typeof api.queries.strava.status>;
export type Disconnection = NonNullable<StravaStatus["lastDisconnection"]>;
type Task = FunctionReturnType<typeof api.queries.strava.work>["page"][number];

/** A sport as Strava writes it, as people do: "TrailRun" is Trail run, "EBikeRide" is E bike ride. */
export function sportWords(sport: string): string {
  const words = sport.replaceAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

/** What one's own disconnection has done so far, or did, in words. */
export function disconnectionWords({
  cause,
  points,
  startedAt,
  finishedAt,
  erased,
  removed,
}: Disconnection): { title: string; details: string } {
  const day = formatDate(startedAt);
  const titles = {
    asked: `You disconnected on ${day}`,
    revoked: `You took the access back at Strava on ${day}`,
    moved: `Your Strava account was connected to another Milepost account on ${day}`,
  };
  const title = cause === null ? `Disconnected on ${day}` : titles[cause];
  const activities = formatCount(erased, "activity", "activities");
  if (finishedAt === null) return { title, details: `Erasing details: ${activities} done so far.` };
  const told = `What Strava told about ${activities} is erased`;
  if (points === "keep") return { title, details: `${told}; the points stay.` };
  const gone = formatCount(removed, "activity is", "activities are");
  const details = `${told}; ${gone} removed with the points. Points in final standings stay.`;
  return { title, details };
}

const WORK_NAMES: Record<Task["kind"], string> = {
  activity: "An activity",
  list: "Looking through your last two weeks",
  deauthorize: "Asking whether you took the access back",
  rescore: "An activity that is scored again",
};

/** What a piece of work is about. */
export function workName({ kind }: Pick<Task, "kind">): string {
  return WORK_NAMES[kind];
}

/** What went wrong with a piece of work, to its person and to whoever runs the site. */
export const ERROR_WORDS: Record<NonNullable<Task["error"]>, string> = {
  RATE_LIMITED: "Strava allowed no more requests",
  SERVER_ERROR: "Strava had a problem of its own",
  NO_ANSWER: "Strava did not answer",
  BAD_ANSWER: "Strava’s answer could not be read",
  UNAUTHORIZED: "Strava refused access",
  REFRESH_FAILED: "Strava did not renew the access",
  NOT_CONFIGURED: "Strava is not set up here",
  CHALLENGE_FAILED: "A challenge could not take it",
  WORKER_LOST: "It was interrupted",
};

/** Why a piece of work was given up. */
export function workProblem({ error }: { error?: Task["error"] }): string {
  return error === undefined ? "It failed too often" : ERROR_WORDS[error];
}

/** What an environment variable of Strava is for, for whoever runs the site. */
export const VARIABLE_WORDS: Record<string, string> = {
  STRAVA_CLIENT_ID: "the id of your app at Strava",
  STRAVA_CLIENT_SECRET: "the secret of your app at Strava",
  STRAVA_VERIFY_TOKEN: "a random text of your own",
  STRAVA_TOKEN_KEY: "a name and 32 random bytes: k1:$(openssl rand -base64 32)",
};
