import { TableAggregate } from "@convex-dev/aggregate";
import { components } from "../_generated/api";
import type { DataModel, Id } from "../_generated/dataModel";
import { livePoints } from "./rules/ledger";

/**
 * The sum of live points by challenge and person, kept in the transaction that writes the row. Read by
 * lib/challengePoints; written by lib/activityWrites, with the strict calls, which throw when the two disagree.
 */
export const activityPointsAggregate = new TableAggregate<{
  Namespace: Id<"challenges">;
  Key: [Id<"users">, Id<"activities">];
  DataModel: DataModel;
  TableName: "activities";
}>(components.activityPointsAggregate, {
  namespace: (row) => row.challengeId,
  sortKey: (row) => [row.userId, row._id],
  sumValue: livePoints,
});
