import { sealActivity } from "../lib/pointLedger/corrections";
import { logActivity } from "../lib/pointLedger/verbs";
import type { Posted } from "../lib/pointLedger/commit";
import type { TypeRule } from "../lib/rules/ledger";
import { DRINK, JOG, versionsOf } from "./dayModel.setup";
import { ADA, CHALLENGE, MemoryLedger } from "./memoryLedger.setup";

/** A ledger in memory whose types price a day as a whole: a bonus once a day, free units and a cap. */

const user = { kind: "user", userId: ADA } as const;
export const BASE = { challenge: CHALLENGE, userId: ADA, actor: user, zone: "UTC" };
export const TODAY = "2026-06-10";
export const YESTERDAY = "2026-06-09";

export let types: TypeRule[];
export let ledger: MemoryLedger;

/** A ledger whose types have their first so many versions. */
export function start(versions: number): void {
  types = [JOG, DRINK].flatMap((id) => versionsOf(id).slice(0, versions));
  ledger = new MemoryLedger(types);
}

export const jogs = (kilometres: number) => ({ distance_m: kilometres * 1000 });
export const jog = async (kilometres: number, loggedDate = TODAY) =>
  await logActivity(ledger, {
    ...BASE,
    activityTypeId: JOG,
    loggedDate,
    metrics: jogs(kilometres),
  });
export const drink = async (count: number, loggedDate = TODAY) =>
  await logActivity(ledger, { ...BASE, activityTypeId: DRINK, loggedDate, metrics: { count } });
export const row = ({ activityId }: Posted) => ledger.row(activityId);
export const pointsOf = (...posted: Posted[]) => posted.map((one) => row(one).pointsEarned);
export const args = (posted: Posted) => ({ ...BASE, activity: row(posted) });
export const lastEvents = (count: number) =>
  ledger.events
    .filter(({ reason }) => reason !== "streakChanged")
    .slice(-count)
    .map(({ activityId, kind, reason, pointsBefore, pointsAfter }) => [
      activityId,
      kind,
      reason,
      pointsAfter - pointsBefore,
    ]);

export const sealNow = async (posted: Posted) =>
  await sealActivity(ledger, { activity: row(posted) });
