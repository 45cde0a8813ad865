import type { Doc, Id } from "../_generated/dataModel";
import type { ReadCtx } from "./tableOwners";

/** What is known of the work about Strava's objects; lib/stravaTasks does it. */

type Task = Doc<"stravaTasks">;

/** What a worker must show to write: it is still the last one its task was given to. */
export interface Lease {
  taskId: Id<"stravaTasks">;
  lease: number;
}

/** Tasks in one state, the one that is due first first. */
export function tasksOf(ctx: ReadCtx, status: Task["status"]) {
  return ctx.db
    .query("stravaTasks")
    .withIndex("by_status_and_dueAt", (q) => q.eq("status", status));
}

/** The oldest work of an athlete that is not done; null when all is. */
export async function openTaskOf(ctx: ReadCtx, athleteId: string): Promise<Task | null> {
  const open: Task[] = [];
  for (const status of ["received", "waiting", "processing"] as const) {
    const oldest = await ctx.db
      .query("stravaTasks")
      .withIndex("by_athleteId_and_status_and_askedAt", (q) =>
        q.eq("athleteId", athleteId).eq("status", status),
      )
      .first();
    if (oldest !== null) open.push(oldest);
  }
  return open.sort((a, b) => a.askedAt - b.askedAt)[0] ?? null;
}

/** An athlete's work in one state, the last asked for first. */
export function athleteTasks(ctx: ReadCtx, athleteId: string, status: Task["status"]) {
  return ctx.db
    .query("stravaTasks")
    .withIndex("by_athleteId_and_status_and_askedAt", (q) =>
      q.eq("athleteId", athleteId).eq("status", status),
    )
    .order("desc");
}

/** The task of a worker; null when it was given to another since, or is not there any more. */
export async function leasedTask(ctx: ReadCtx, { taskId, lease }: Lease): Promise<Task | null> {
  const task = await ctx.db.get("stravaTasks", taskId);
  return task?.lease === lease && task.status === "processing" ? task : null;
}

/**
 * The task of a worker with the connection it acts for; null when its task was taken from it, or the connection ended:
 * its answer is void.
 */
export async function heldWork(
  ctx: ReadCtx,
  { connectionId, ...held }: Lease & { connectionId: Id<"stravaConnections"> },
): Promise<{ task: Task; connection: Doc<"stravaConnections"> } | null> {
  const task = await leasedTask(ctx, held);
  const connection = await ctx.db.get("stravaConnections", connectionId);
  return task && connection && { task, connection };
}
