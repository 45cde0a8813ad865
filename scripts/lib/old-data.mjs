import { setTimeout as pause } from "node:timers/promises";
import { internal } from "@milepost/backend/api";
import { connect } from "./client.mjs";

const PROGRESS_MS = 1_000;

/** @param {number} count */
const challenges = (count) => (count === 1 ? "1 challenge" : `${count} challenges`);

/**
 * Starts the jobs that build what data of an older release lacks, once for every challenge. People go on meanwhile: what
 * it answers, null where nothing is being built, watches the jobs to their end and prints how far they came.
 * @param {import("./embedded.mjs").Deployment} deployment
 * @returns {Promise<(() => Promise<void>) | null>}
 */
export async function buildOldData(deployment) {
  const { admin } = connect(deployment);
  await admin.mutation(internal.mutations.maintenance.backfillAll, {});
  // Also those that a killed start left in the middle: they go on by themselves.
  const look = () => admin.query(internal.queries.maintenance.openBackfills, {});
  const { open, failed } = await look();
  if (failed > 0) printFailed(failed);
  if (open === 0) return null;
  console.log(`Building what the data of an older release lacks, in ${challenges(open)} ...`);
  return async () => {
    try {
      await watch(look);
    } catch (error) {
      if (!deployment.isStopping()) console.error("The progress cannot be shown.", error);
    }
  };
}

/** @param {() => Promise<{open: number, processed: number, failed: number}>} look */
async function watch(look) {
  for (let shown = -1; ;) {
    const { open, processed, failed } = await look();
    if (open === 0 && failed > 0) printFailed(failed);
    else if (open === 0) console.log("The data of the older release is complete.");
    else if (processed !== shown) {
      console.log(`  ${challenges(open)} to go, ${processed} items done`);
    }
    if (open === 0) return;
    shown = processed;
    await pause(PROGRESS_MS);
  }
}

/** @param {number} failed */
const printFailed = (failed) =>
  console.error(
    `The backfill of ${challenges(failed)} failed; docs/operations.md says what to do.`,
  );
