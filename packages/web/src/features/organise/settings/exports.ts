import { api } from "@milepost/backend/api";
import type { ConvexReactClient } from "convex/react";
import { allRows } from "../../../lib/allRows";
import type { Table } from "../../../lib/csv";
import type { Challenge } from "../../challenges/challengeContext";
import { isStatus, STATUSES } from "../people/people";

type Shared = Pick<Challenge, "challengeId"> & { viewKey?: string };
type OnProgress = (count: number) => void;

const PEOPLE_AT_ONCE = 50;
const RANKS_AT_ONCE = 50;
const FINAL_AT_ONCE = 100;

/** An instant as every spreadsheet sorts it: UTC, to the minute. */
function instantText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}

/** Everyone who takes part or once did. */
export async function peopleTable(
  client: ConvexReactClient,
  { challengeId }: Pick<Challenge, "challengeId">,
  onProgress: OnProgress,
): Promise<Table> {
  const rows: Array<Table[number]> = [];
  for (const status of Object.keys(STATUSES).filter(isStatus)) {
    const before = rows.length;
    const people = await allRows(
      async (cursor: string | null) => {
        const paginationOpts = { numItems: PEOPLE_AT_ONCE, cursor };
        const args = { challengeId, status, paginationOpts };
        return await client.query(api.queries.participants.list, args);
      },
      (count) => onProgress(before + count),
    );
    for (const { displayName, role, joinedAt, totalPoints } of people) {
      const joined = instantText(joinedAt);
      rows.push([displayName, STATUSES[status].label, role, joined, totalPoints]);
    }
  }
  return [["Name", "Status", "Role", "Joined (UTC)", "Points"], ...rows];
}

/** The board as it is now. */
export async function boardTable(
  client: ConvexReactClient,
  { today, ...shared }: Shared & { today: string },
  onProgress: OnProgress,
): Promise<Table> {
  const rows = await allRows(async (cursor: string | null) => {
    const args = { ...shared, today, cursor, limit: RANKS_AT_ONCE };
    return await client.query(api.queries.leaderboards.page, args);
  }, onProgress);
  return [
    ["Rank", "Name", "Points", "Streak (days)"],
    ...rows.map(({ rank, displayName, totalPoints, currentStreak }) => [
      rank,
      displayName,
      totalPoints,
      currentStreak,
    ]),
  ];
}

/** The final standings of one version. */
export async function finalTable(
  client: ConvexReactClient,
  { version, ...shared }: Shared & { version: number },
  onProgress: OnProgress,
): Promise<Table> {
  const rows = await allRows(async (cursor: number | null) => {
    const args = { ...shared, version, cursor: cursor ?? 0, limit: FINAL_AT_ONCE };
    const result = await client.query(api.queries.standings.final, args);
    const { page = [], continueCursor = null } = result ?? {};
    return { page, isDone: continueCursor === null, continueCursor: continueCursor ?? 0 };
  }, onProgress);
  return [
    ["Rank", "Name", "Points"],
    ...rows.map(({ rank, displayName, totalPoints }) => [rank, displayName, totalPoints]),
  ];
}
