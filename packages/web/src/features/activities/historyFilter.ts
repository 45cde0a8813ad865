import type { Id } from "@milepost/backend/dataModel";

/** Which activities a history shows; `attention` is what waits for somebody. */
export const STATUSES = ["counted", "attention", "corrected", "notCounted", "deleted"] as const;
export type Status = (typeof STATUSES)[number];

/** What of the history's address says what is shown. */
export interface HistorySearch {
  /** Somebody else, for organisers. */
  person?: Id<"users">;
  view?: "ledger" | undefined;
  status?: Status;
  /** Only activities of this type. */
  type?: Id<"activityTypes">;
}

/** What the address says, as far as it makes sense. */
export function readHistorySearch(search: Record<string, unknown>): HistorySearch {
  const { person, view, status, type } = search;
  const known = STATUSES.find((one) => one === status);
  // The deployment checks ids; a text that is none of its ids is "not found".
  return {
    ...(typeof person === "string" ? { person: person as Id<"users"> } : {}),
    ...(view === "ledger" ? { view } : {}),
    ...(known === undefined ? {} : { status: known }),
    ...(typeof type === "string" ? { type: type as Id<"activityTypes"> } : {}),
  };
}

/** What each choice is called. */
export const STATUS_LABELS: Record<Status, string> = {
  counted: "Counts",
  attention: "Needs attention",
  corrected: "Changed by an organiser",
  notCounted: "Does not count",
  deleted: "Deleted",
};

/** What stands in for an empty list. */
export const EMPTY_WORDS: Record<Status, { title: string; text: string }> = {
  counted: {
    title: "Nothing counts so far",
    text: "What is logged or imported and counts stands here, awards and bonuses too.",
  },
  attention: {
    title: "Nothing is under review",
    text: "An activity that somebody doubts stands here until organisers have looked at it.",
  },
  corrected: {
    title: "No organiser changed anything",
    text: "An activity that organisers correct stands here, with their reason.",
  },
  notCounted: {
    title: "Nothing was taken out",
    text: "An activity that organisers take out of the count stands here, with their reason.",
  },
  deleted: {
    title: "Nothing is deleted",
    text: "Deleted activities stand here, and can be restored while their day is open.",
  },
};

/** Whether imports that are held belong to what is shown. */
export function showsHeld(status: Status | undefined): boolean {
  return status === undefined || status === "attention" || status === "notCounted";
}
