/** The storage layer of the embedded deployment. */
export { openStore, type StoreOptions, type LmdbStore } from "./store.ts";
export { StoreTransaction } from "./transaction.ts";
export {
  DatabaseError,
  StoreError,
  type DatabaseErrorCode,
  type StoreErrorCode,
} from "./errors.ts";
export { TRANSACTION_LIMITS } from "./limits.ts";
export { overlaps } from "./readSet.ts";
export { SubscriptionIndex } from "./subscriptionIndex.ts";
export { showValidator, validate, type TableOfId } from "./validators.ts";
export { dataFileOf } from "./folder.ts";
export { identifierProblem, pathProblem } from "./identifiers.ts";
export { validatorNameProblem } from "./schemaDefinitions.ts";
export { FORMAT_VERSION } from "./format.ts";
export { backup, check, compact, restore } from "./maintenance.ts";
export { tableExists } from "./staging.ts";
export type { CheckReport } from "./check.ts";
export { isSystemQuery } from "./repeatedQueries.ts";
