/** How a late activity stands, for its person and for organisers. */
export const LATE_WORDS = {
  open: { label: "Undecided", tone: "neutral" },
  accepted: { label: "Counts", tone: "accent" },
  dismissed: { label: "Does not count", tone: "danger" },
} as const;
