import type { BreakdownLine } from "../../tables/scoring";
import { type ActivityRow, fieldsOf, type StoredActivity } from "./ledger";

/** Why a sealed row gives its points: all that may still be said. */
export function sealedBreakdown(points: number): BreakdownLine[] {
  return [{ kind: "base", label: "Scored before its details were removed", points }];
}

/**
 * A row whose source may no longer be kept: metrics, title, start and every label that tells of them are gone. Its points,
 * version, carried bonuses and used allowance stay, so nothing is moved, and from then on they stay as they are: the
 * other rows of its day are priced around it. The day it counts for and the person's own notes stay too. A row
 * that is sealed already is answered unchanged.
 *
 * @param at UTC ms
 */
export function sealed(row: StoredActivity, at: number): ActivityRow {
  const fields = fieldsOf(row);
  if (row.sealedAt !== undefined) return fields;
  const { title: _, startedAtMs: __, ...kept } = fields;
  return {
    ...kept,
    metrics: {},
    breakdown: sealedBreakdown(row.pointsEarned),
    sealedAt: at,
  };
}
