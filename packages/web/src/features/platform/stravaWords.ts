import type { api } from "@milepost/backend/api";
import type { FunctionArgs, FunctionReturnType } from "convex/server";
import { ERROR_WORDS } from "../strava/stravaWords";

/** One piece of work about Strava, without whose it is. */
export type Task = FunctionReturnType<typeof api.queries.strava.inbox>["page"][number];
export type TaskStatus = FunctionArgs<typeof api.queries.strava.inbox>["status"];

export const TASK_STATUS_NAMES: Record<TaskStatus, string> = {
  received: "Not begun",
  waiting: "Waiting for another try",
  processing: "Being fetched",
  done: "Done",
  dead: "Failed for good",
};

export const TASK_KIND_NAMES: Record<Task["kind"], string> = {
  activity: "Fetch an activity",
  list: "Look through the last weeks",
  deauthorize: "Ask whether access was taken back",
  rescore: "Score an activity anew",
};

const OUTCOME_WORDS: Record<NonNullable<Task["outcome"]>, string> = {
  applied: "Taken over",
  gone: "The activity is gone at Strava",
  listed: "Looked through",
  kept: "Left as it is",
  foreign: "Belongs to somebody else",
  unconfirmed: "Strava did not confirm it",
  revoked: "Access was taken back",
  notConnected: "Nobody is connected any more",
};

/** What became of a piece of work, or keeps it. */
export function taskWords({
  error,
  outcome,
  attempts,
}: Pick<Task, "error" | "outcome" | "attempts">): string {
  if (error === undefined) return outcome === undefined ? "No try yet" : OUTCOME_WORDS[outcome];
  const tries = attempts === 1 ? "1 try" : `${attempts} tries`;
  return attempts === 0 ? ERROR_WORDS[error] : `${ERROR_WORDS[error]}, ${tries}`;
}

/** Work that can be given another round of tries: a rescore counted its own as failed, and asks again itself. */
export function isReplayable(status: TaskStatus, { kind }: Pick<Task, "kind">): boolean {
  return status === "dead" && kind !== "rescore";
}

export interface Window {
  limit: number;
  used: number;
  endsAt: number;
}

/** A window of the rate limits at a moment (UTC ms): when it has ended, all of it is there again. */
export function windowAt(window: Window, now: number): Window {
  return now >= window.endsAt ? { ...window, used: 0 } : window;
}
