import type { Actor } from "../../tables/ledger";
import type { ImportResult } from "../../tables/imports";
import type { StoredActivity, StoredHeld } from "../rules/ledger";
import type { VerbArgs } from "./commit";
import { importHeld } from "./importChunk";
import type { Ledger } from "./ports";
import { softDeleteActivity } from "./verbs";

/** How a held row comes to count. */
export interface HeldArgs extends VerbArgs {
  held: StoredHeld;
  /** Taken out of the count first, by the actor: the held row takes its place. */
  replaces: StoredActivity | null;
  /** In whose name the row is imported: the import is one, whoever decided it. */
  importer: Actor;
}

/** Counts a row that was held, beside the activity it looks like or instead of it. Refuses what removing and `importHeld` refuse. */
export async function countHeld(
  ledger: Ledger,
  { replaces: activity, importer, ...args }: HeldArgs,
): Promise<ImportResult> {
  if (activity !== null) await softDeleteActivity(ledger, { ...args, activity });
  return await importHeld(ledger, { ...args, actor: importer });
}
