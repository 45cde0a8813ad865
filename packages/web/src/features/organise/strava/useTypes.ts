import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { useSharedArgs } from "../../challenges/challengeContext";

export type ActivityType = FunctionReturnType<typeof api.queries.activityTypes.list>[number];

/** The activities a sport may count as; undefined while they load. */
export function useTypes(): ActivityType[] | undefined {
  return useQuery(api.queries.activityTypes.list, useSharedArgs());
}
