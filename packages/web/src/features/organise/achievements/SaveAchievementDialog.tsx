import { TriangleAlert } from "lucide-react";
import { useForm } from "react-hook-form";
import { FormDialog } from "../../../components/FormDialog";
import { Skeleton } from "../../../components/Skeleton";
import { Notice } from "../../../components/States";
import { formatCount, formatSigned } from "../../../lib/format";
import type { Definition } from "./achievementValues";
import { usePreview, type AwardPreview } from "./usePreview";

interface SaveAchievementDialogProps {
  name: string;
  definition: Definition;
  isNew: boolean;
  save: () => Promise<void>;
  onClose: () => void;
}

/** Shows who would earn an achievement now, before it is saved. */
export function SaveAchievementDialog(props: SaveAchievementDialogProps) {
  const { name, definition, isNew, save, onClose } = props;
  const preview = usePreview(definition);
  return (
    <FormDialog
      form={useForm()}
      confirm={isNew ? "Add achievement" : "Save and give awards again"}
      cancel="Back"
      onConfirm={save}
      onClose={onClose}
      title={isNew ? `Add ${name}?` : `Change ${name}?`}
      description="What people logged before counts as well."
    >
      <PreviewWords preview={preview} points={definition.points} />
      {!isNew && (
        <p className="text-sm">
          Everybody is looked at again. Awards that are deserved no more are taken back, and the
          others get the points of now.
        </p>
      )}
    </FormDialog>
  );
}

function PreviewWords({ preview, points }: { preview: AwardPreview; points: number }) {
  const { processed, people, awards, names, isDone, problem } = preview;
  if (problem !== null) {
    return (
      <Notice tone="warning" icon={TriangleAlert} role="alert">
        {problem}
      </Notice>
    );
  }
  if (!isDone) {
    return (
      <section aria-label="Who would earn it now" aria-busy className="grid gap-3">
        <output className="text-sm text-ink-soft tabular-nums">
          Looking at everybody … {formatCount(processed, "person", "people")} so far
        </output>
        <Skeleton className="h-6" />
      </section>
    );
  }
  const more = people - names.length;
  return (
    <section aria-label="Who would earn it now" className="grid gap-1.5 rounded-xl bg-sunken p-4">
      {people === 0 ? (
        <p className="font-semibold">Nobody has earned it yet.</p>
      ) : (
        <p>
          <strong>{formatCount(people, "person", "people")}</strong> would hold{" "}
          <strong>{formatCount(awards, "award")}</strong> right away, {formatSigned(points)} points
          each.
        </p>
      )}
      {names.length > 0 && (
        <p className="text-sm text-ink-soft">
          {names.join(", ")}
          {more > 0 && ` and ${formatCount(more, "other")}`}
        </p>
      )}
    </section>
  );
}
