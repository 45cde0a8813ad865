import { api } from "@milepost/backend/api";
import type { ConvexReactClient } from "convex/react";
import { csvOf } from "../../../lib/csv";
import type { Challenge } from "../../challenges/challengeContext";
import { isStatus, STATUSES } from "../people/people";

type Row = Parameters<typeof csvOf>[0][number];
type Shared = Pick<Challenge, "challengeId"> & { viewKey?: string };

const PEOPLE_AT_ONCE = 50;
const RANKS_AT_ONCE = 50;
const FINAL_AT_ONCE = 100;

/** An instant as every spreadsheet sorts it: UTC, to the minute. */
function instantText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

/** Everyone who takes part or once did, as CSV. */
export async function peopleCsv(
  client: ConvexReactClient,
  { challengeId }: Pick<Challenge, "challengeId">,
): Promise<string> {
  const rows: Row[] = [];
  for (const status of Object.keys(STATUSES).filter(isStatus)) {
    let cursor: string | null = null;
    let isDone = false;
    while (!isDone) {
      const paginationOpts: { numItems: number; cursor: string | null } = {
        numItems: PEOPLE_AT_ONCE,
        cursor,
      };
      const args = { challengeId, status, paginationOpts };
      const result = await client.query(api.queries.participants.list, args);
      for (const { displayName, role, joinedAt, totalPoints } of result.page) {
        const joined = instantText(joinedAt);
        rows.push([displayName, STATUSES[status].label, role, joined, totalPoints]);
      }
      ({ continueCursor: cursor, isDone } = result);
    }
  }
  return csvOf([["Name", "Status", "Role", "Joined (UTC)", "Points"], ...rows]);
}

/** The board as it is now, as CSV. */
export async function boardCsv(
  client: ConvexReactClient,
  shared: Shared,
  today: string,
): Promise<string> {
  const rows: Row[] = [];
  let cursor: string | null = null;
  let isDone = false;
  while (!isDone) {
    const args: Shared & { today: string; cursor: string | null; limit: number } = {
      ...shared,
      today,
      cursor,
      limit: RANKS_AT_ONCE,
    };
    const result = await client.query(api.queries.leaderboards.page, args);
    for (const { rank, displayName, totalPoints, currentStreak } of result.page)
      rows.push([rank, displayName, totalPoints, currentStreak]);
    ({ continueCursor: cursor, isDone } = result);
  }
  return csvOf([["Rank", "Name", "Points", "Streak (days)"], ...rows]);
}

/** The final standings of one version, as CSV. */
export async function finalCsv(
  client: ConvexReactClient,
  shared: Shared,
  version: number,
): Promise<string> {
  const rows: Row[] = [];
  let cursor: number | null = 0;
  while (cursor !== null) {
    const args: Shared & { version: number; cursor: number; limit: number } = {
      ...shared,
      version,
      cursor,
      limit: FINAL_AT_ONCE,
    };
    const result = await client.query(api.queries.standings.final, args);
    for (const { rank, displayName, totalPoints } of result?.page ?? [])
      rows.push([rank, displayName, totalPoints]);
    cursor = result?.continueCursor ?? null;
  }
  return csvOf([["Rank", "Name", "Points"], ...rows]);
}

/** A file name out of words: letters and digits of any language, the rest as hyphens. */
export function fileNameOf(...words: string[]): string {
  return words
    .join(" ")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, "-")
    .replaceAll(/^-|-$/g, "");
}
