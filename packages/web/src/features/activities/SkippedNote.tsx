import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { usePaginatedQuery } from "convex/react";
import { PlugZap } from "lucide-react";
import { Notice } from "../../components/States";
import { formatCount } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";

const PAGE_SIZE = 50;

/** Where the viewer reads why activities of Strava do not count in this challenge; nothing where all of them do. */
export function SkippedNote() {
  const { challengeId } = useChallenge();
  const { results } = usePaginatedQuery(
    api.queries.strava.skipped,
    {},
    { initialNumItems: PAGE_SIZE },
  );
  const count = results.filter((one) => one.challengeId === challengeId).length;
  if (count === 0) return null;
  return (
    <Notice icon={PlugZap}>
      {formatCount(count, "activity", "activities")} of Strava {count === 1 ? "does" : "do"} not
      count here.{" "}
      <Link to="/settings/strava" className="font-semibold underline underline-offset-3">
        See why
      </Link>
    </Notice>
  );
}
