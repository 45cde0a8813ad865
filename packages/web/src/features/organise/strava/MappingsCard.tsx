import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { Card, CardHeader } from "../../../components/Card";
import { Loading, SkeletonRows } from "../../../components/Skeleton";
import { useSharedArgs } from "../../challenges/challengeContext";
import { CountsAs } from "./CountsAs";
import { useTypes } from "./useTypes";

/** What organisers decided about sports; each can be decided anew. */
export function MappingsCard() {
  const mappings = useQuery(api.queries.imports.mappings, useSharedArgs());
  const types = useTypes();
  const isLoading = mappings === undefined || types === undefined;
  return (
    <Card>
      <CardHeader title="What sports count as" />
      <p className="mb-4 text-sm text-ink-soft">
        Other sports count as the activity of the same name, where the challenge has it. A new
        decision holds for what comes from now on; what came before keeps its activity.
      </p>
      {isLoading ? (
        <Loading label="Loading the decisions">
          <SkeletonRows count={2} />
        </Loading>
      ) : (
        <div className="grid gap-5">
          {mappings.length === 0 && <p>Nothing was decided so far.</p>}
          {mappings.map(({ label, activityTypeId }) => (
            <CountsAs key={label} label={label} types={types} current={activityTypeId} />
          ))}
        </div>
      )}
    </Card>
  );
}
