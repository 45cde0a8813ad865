import { formatCount } from "../../../lib/format";

interface Evaluation {
  status: "running" | "done" | "failed";
  processed: number;
  changed: number;
}

/** How far the giving of awards to everybody is. */
export function evaluationWords({ status, processed, changed }: Evaluation): string {
  const awards = `${formatCount(changed, "award")} changed`;
  switch (status) {
    case "running":
      return `Giving awards: ${formatCount(processed, "person", "people")} done, ${awards}`;
    case "done":
      return `Everybody was looked at: ${awards}`;
    case "failed":
      return "It stopped before everybody was looked at.";
  }
}
