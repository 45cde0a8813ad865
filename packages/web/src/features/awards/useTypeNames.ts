import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { useSharedArgs } from "../challenges/challengeContext";
import type { NameOf } from "./awardWords";

/** The names of the challenge's activity types; undefined while they load. */
export function useTypeNames(): NameOf | undefined {
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  if (types === undefined) return undefined;
  const names = new Map(types.map(({ activityTypeId, name }) => [activityTypeId, name]));
  return (activityTypeId) => names.get(activityTypeId) ?? "another activity";
}
