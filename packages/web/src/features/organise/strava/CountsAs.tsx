import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useMutation } from "convex/react";
import { useState, type ReactNode } from "react";
import { toast } from "sonner";
import { Field, Select } from "../../../components/Field";
import { messageOf } from "../../../lib/refusals";
import { useChallenge } from "../../challenges/challengeContext";
import type { ActivityType } from "./useTypes";

interface CountsAsProps {
  /** The sport as Strava or the archive writes it. */
  label: string;
  title: ReactNode;
  hint?: ReactNode;
  types: ActivityType[];
  /** undefined: nobody decided yet; null: it does not count. */
  current: Id<"activityTypes"> | null | undefined;
}

/** No id is this text. */
const NOTHING = "nothing";

/** Decides what a sport counts as, for everybody in the challenge and at once. */
export function CountsAs({ label, title, hint, types, current }: CountsAsProps) {
  const { challengeId } = useChallenge();
  const setMapping = useMutation(api.mutations.imports.setMapping);
  const [isPending, setIsPending] = useState(false);

  async function decide(wish: string): Promise<void> {
    const type = types.find(({ activityTypeId }) => activityTypeId === wish);
    setIsPending(true);
    try {
      await setMapping({ challengeId, label, activityTypeId: type?.activityTypeId ?? null });
      toast.success(
        type === undefined ? `${label} does not count.` : `${label} counts as ${type.name}.`,
        { description: "Activities of Strava that waited for this are fetched again." },
      );
    } catch (error) {
      toast.error(messageOf(error));
    } finally {
      setIsPending(false);
    }
  }

  return (
    <Field label={title} hint={hint}>
      {(control) => (
        <Select
          {...control}
          disabled={isPending}
          value={current === undefined ? "" : (current ?? NOTHING)}
          onChange={({ target }) => void decide(target.value)}
        >
          {current === undefined && (
            <option value="" disabled>
              Decide …
            </option>
          )}
          <option value={NOTHING}>Does not count</option>
          {types.map(({ activityTypeId, name }) => (
            <option key={activityTypeId} value={activityTypeId}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
