import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useMutation } from "convex/react";
import { useState, type ReactNode } from "react";
import { toast } from "sonner";
import { Button } from "../../../components/Button";
import { Field, Select } from "../../../components/Field";
import { choosableTypes } from "../../../lib/choosableTypes";
import { useDo } from "../../../lib/useDo";
import { useChallenge } from "../../challenges/challengeContext";
import { sportWords } from "../../strava/stravaWords";
import type { ActivityType } from "./useTypes";

interface CountsAsProps {
  /** The sport as Strava or the archive writes it. */
  label: string;
  hint?: ReactNode;
  types: ActivityType[];
  /** undefined: nobody decided yet; null: it does not count. */
  current: Id<"activityTypes"> | null | undefined;
}

/** No id is this text. */
const NOTHING = "nothing";

/** Decides what a sport counts as, for everybody in the challenge. */
export function CountsAs({ label, hint, types, current }: CountsAsProps) {
  const saved = current === undefined ? "" : (current ?? NOTHING);
  const [chosen, setChosen] = useState<string | null>(null);
  const { save, isPending } = useSave(label);
  const wish = chosen ?? saved;
  return (
    <div className="flex flex-wrap items-start gap-x-3 gap-y-2">
      <Field label={sportWords(label)} hint={hint} className="min-w-0 flex-1 basis-52">
        {(control) => (
          <Select {...control} value={wish} onChange={({ target }) => setChosen(target.value)}>
            {current === undefined && (
              <option value="" disabled>
                Decide …
              </option>
            )}
            <option value={NOTHING}>Does not count</option>
            {choosableTypes(types, [saved]).map(({ activityTypeId, name }) => (
              <option key={activityTypeId} value={activityTypeId}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      {wish !== saved && (
        <Button
          className="sm:mt-6.5"
          pending={isPending}
          onClick={() => save(types.find(({ activityTypeId }) => activityTypeId === wish))}
        >
          Save<span className="sr-only"> what {sportWords(label)} counts as</span>
        </Button>
      )}
    </div>
  );
}

/** Saves the decision about a sport: a type, or that it does not count. */
function useSave(label: string) {
  const { challengeId } = useChallenge();
  const setMapping = useMutation(api.mutations.imports.setMapping);
  const { isPending, run } = useDo();
  const save = (type: ActivityType | undefined): void =>
    run(async () => {
      await setMapping({ challengeId, label, activityTypeId: type?.activityTypeId ?? null });
      const words = type === undefined ? "does not count" : `counts as ${type.name}`;
      toast.success(`${sportWords(label)} ${words}.`, {
        description: "Activities of Strava that waited for this are fetched again.",
      });
    });
  return { save, isPending };
}
