import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { CircleCheck } from "lucide-react";
import { useState } from "react";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { Loading, SkeletonRows } from "../../../components/Skeleton";
import { useChallenge } from "../../challenges/challengeContext";
import { CountsAs } from "./CountsAs";
import { waitingWords } from "./waitingWords";
import { useTypes } from "./useTypes";

/** Sports that wait for a decision what they count as. */
export function UnmappedCard() {
  const { challengeId } = useChallenge();
  const [after, setAfter] = useState<string | null>(null);
  const page = useQuery(
    api.queries.strava.unmapped,
    after === null ? { challengeId } : { challengeId, after },
  );
  const types = useTypes();
  return (
    <Card>
      <CardHeader title="Sports to decide about" />
      {page === undefined || types === undefined ? (
        <Loading label="Loading the sports">
          <SkeletonRows count={2} />
        </Loading>
      ) : (
        <div className="grid gap-5">
          {page.sports.length === 0 && after === null && (
            <p className="flex items-center gap-2.5">
              <CircleCheck className="size-5 text-accent" aria-hidden />
              No activity waits for a decision.
            </p>
          )}
          {page.sports.map(({ sport, waiting }) => (
            <CountsAs
              key={sport}
              label={sport}
              hint={waitingWords(waiting)}
              types={types}
              current={undefined}
            />
          ))}
          <div className="flex flex-wrap gap-3 empty:hidden">
            {after !== null && (
              <Button size="sm" variant="secondary" onClick={() => setAfter(null)}>
                Back to the first
              </Button>
            )}
            {page.continueAfter !== null && (
              <Button size="sm" variant="secondary" onClick={() => setAfter(page.continueAfter)}>
                More sports
              </Button>
            )}
          </div>
        </div>
      )}
    </Card>
  );
}
