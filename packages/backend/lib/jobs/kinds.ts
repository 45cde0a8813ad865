import type { JobKind } from "../../tables/jobs";
import {
  accounts,
  aggregateSum,
  awards,
  beginBuilding,
  deadLetters,
  endBuilding,
  ranks,
  searchNames,
} from "./accounts";
import { deleteChallenge } from "./deleteChallenge";
import { deletePerson } from "./deletePerson";
import { rescore } from "./rescore";
import { takePoints } from "./takePoints";
import type { Stage } from "./stage";

/** What each kind of job does, stage by stage. */
export const STAGES: Record<JobKind, readonly Stage[]> = {
  /** Never writes: it is always a dry run. */
  verify: [aggregateSum, accounts, awards, ranks, deadLetters],
  repair: [aggregateSum, accounts, awards, ranks, deadLetters, endBuilding],
  backfill: [beginBuilding, accounts, ranks, searchNames, deadLetters, endBuilding],
  rescore: [rescore],
  takePoints,
  deletePerson,
  deleteChallenge,
};
