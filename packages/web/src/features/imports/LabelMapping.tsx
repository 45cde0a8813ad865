import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { useMutation, useQuery } from "convex/react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Field, Select } from "../../components/Field";
import { choosableTypes } from "../../lib/choosableTypes";
import { formatCount } from "../../lib/format";
import { useDo } from "../../lib/useDo";
import { isOrganiser, useChallenge, useSharedArgs } from "../challenges/challengeContext";

interface LabelMappingProps {
  labels: Array<{ label: string; count: number }>;
  /** A label counts as something else now: the preview has to be asked again. */
  onChanged: () => void;
}

/** Sports of the file that are no activity of the challenge; organisers decide here what each counts as. */
export function LabelMapping({ labels, onChanged }: LabelMappingProps) {
  const challenge = useChallenge();
  return (
    <Card>
      <CardHeader title="Sports without an activity" />
      {isOrganiser(challenge) ? (
        <MappingForm labels={labels} onChanged={onChanged} />
      ) : (
        <>
          <p className="mb-3 text-sm text-ink-soft">
            An organiser of the challenge can decide what they count as. Import the file again
            afterwards.
          </p>
          <ul className="grid gap-1">
            {labels.map(({ label, count }) => (
              <li key={label} className="flex justify-between gap-4">
                <span>{label}</span>
                <span className="text-ink-soft">
                  {formatCount(count, "activity", "activities")}
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  );
}

function MappingForm({ labels, onChanged }: LabelMappingProps) {
  const { challengeId } = useChallenge();
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const setMapping = useMutation(api.mutations.imports.setMapping);
  const [chosen, setChosen] = useState<ReadonlyMap<string, Id<"activityTypes">>>(new Map());
  const { isPending, run } = useDo();

  function choose(label: string, typeId: string): void {
    const next = new Map(chosen);
    const type = types?.find(({ activityTypeId }) => activityTypeId === typeId);
    if (type === undefined) next.delete(label);
    else next.set(label, type.activityTypeId);
    setChosen(next);
  }

  async function save(): Promise<void> {
    for (const [label, activityTypeId] of chosen)
      await setMapping({ challengeId, label, activityTypeId });
    onChanged();
  }

  return (
    <div className="grid gap-4">
      <p className="text-sm text-ink-soft">
        Decide what they count as. The decision holds for everyone in this challenge.
      </p>
      {labels.map(({ label, count }) => (
        <Field key={label} label={`${label} (${formatCount(count, "activity", "activities")})`}>
          {(control) => (
            <Select
              {...control}
              value={chosen.get(label) ?? ""}
              onChange={({ target }) => choose(label, target.value)}
            >
              <option value="">Does not count</option>
              {choosableTypes(types ?? []).map(({ activityTypeId, name }) => (
                <option key={activityTypeId} value={activityTypeId}>
                  {name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      ))}
      <Button
        variant="secondary"
        className="justify-self-start"
        pending={isPending}
        disabled={chosen.size === 0}
        onClick={() => run(save, "Saved for everyone in this challenge")}
      >
        Save and look again
      </Button>
    </div>
  );
}
