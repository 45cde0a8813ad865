import { api } from "@milepost/backend/api";
import { useMutation, useQuery } from "convex/react";
import { toast } from "sonner";
import { Badge } from "../../../components/Badge";
import { Card, CardHeader } from "../../../components/Card";
import { Select } from "../../../components/Field";
import { formatCount } from "../../../lib/format";
import { messageOf } from "../../../lib/refusals";
import { useChallenge, useSharedArgs } from "../../challenges/challengeContext";
import type { ActivityType } from "./RuleForm";

const NOTHING = "nothing";

/** What sports of Strava and of archives count as; those that wait for a decision first. Nothing where there is none. */
export function SportsCard({ types }: { types: ActivityType[] }) {
  const { challengeId } = useChallenge();
  const unmapped = useQuery(api.queries.strava.unmapped, { challengeId });
  const mappings = useQuery(api.queries.imports.mappings, useSharedArgs());
  if (unmapped === undefined || mappings === undefined) return null;
  const waiting = unmapped.sports.map(({ sport, waiting: count }) => ({
    label: sport,
    count,
    value: "",
  }));
  const decided = mappings.map(({ label, activityTypeId }) => ({
    label,
    count: 0,
    value: activityTypeId ?? NOTHING,
  }));
  const sports = [...waiting, ...decided];
  if (sports.length === 0) return null;
  return (
    <Card>
      <CardHeader title="Sports from Strava and archives" />
      <p className="-mt-2 mb-3 text-sm text-ink-soft">
        What a sport counts as here. Activities that wait are fetched again once you choose.
      </p>
      <ul className="grid divide-y divide-line">
        {sports.map(({ label, count, value }) => (
          <li key={label} className="grid gap-2 py-3 sm:grid-cols-[1fr_16rem] sm:items-center">
            <span className="flex flex-wrap items-center gap-2">
              <span className="font-semibold">{label}</span>
              {count > 0 && (
                <Badge tone="flame">{formatCount(count, "activity", "activities")} waiting</Badge>
              )}
            </span>
            <SportSelect label={label} value={value} types={types} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

interface SportSelectProps {
  label: string;
  /** The type it counts as, `nothing`, or "" while nobody decided. */
  value: string;
  types: ActivityType[];
}

function SportSelect({ label, value, types }: SportSelectProps) {
  const { challengeId } = useChallenge();
  const setMapping = useMutation(api.mutations.imports.setMapping);

  async function choose(wish: string): Promise<void> {
    const type = types.find(({ activityTypeId }) => activityTypeId === wish);
    try {
      await setMapping({ challengeId, label, activityTypeId: type?.activityTypeId ?? null });
      toast.success(`${label} counts as ${type?.name ?? "nothing"} from now on`);
    } catch (error) {
      toast.error(messageOf(error));
    }
  }

  return (
    <Select
      aria-label={`What ${label} counts as`}
      value={value}
      onChange={({ target }) => void choose(target.value)}
    >
      {value === "" && <option value="">Choose what it counts as</option>}
      <option value={NOTHING}>Counts as nothing</option>
      {types
        .filter((type) => type.isRetired !== true || type.activityTypeId === value)
        .map(({ activityTypeId, name }) => (
          <option key={activityTypeId} value={activityTypeId}>
            Counts as {name}
          </option>
        ))}
    </Select>
  );
}
