import { api } from "@milepost/backend/api";
import { refusalOf } from "@milepost/backend/errors";
import type { Id } from "@milepost/backend/dataModel";
import { useMutation } from "convex/react";
import type { Rule } from "../../../lib/ruleWords";
import { useChallenge } from "../../challenges/challengeContext";

/** An activity type as it is saved. */
export interface TypeWish {
  name: string;
  rule: Rule;
  catalogueKey?: string;
}

/** Makes or changes a type. An empty category takes the old one away, a missing one would keep it. */
export function useSaveType(activityTypeId: Id<"activityTypes"> | null) {
  const { challengeId } = useChallenge();
  const create = useMutation(api.mutations.activityTypes.create);
  const update = useMutation(api.mutations.activityTypes.update);
  return async ({ name, rule, catalogueKey }: TypeWish): Promise<void> => {
    const fields = { ...rule, name, category: rule.category ?? "" };
    if (activityTypeId !== null) await update({ activityTypeId, ...fields });
    else
      await create({
        challengeId,
        ...fields,
        ...(catalogueKey === undefined ? {} : { catalogueKey }),
      });
  };
}

/** The field a refusal is about, "" when it is about none. */
export function fieldOf(error: unknown): string {
  const refusal = refusalOf(error);
  return refusal?.code === "INVALID_INPUT" ? refusal.path : "";
}
