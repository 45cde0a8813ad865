import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { Archive, ArchiveRestore } from "lucide-react";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { ConfirmDialog } from "../../../components/ConfirmDialog";
import { useDo } from "../../../lib/useDo";
import type { ActivityType } from "./RuleForm";

/** Takes a type out of what can be logged, or offers it again. */
export function RetireCard({ type }: { type: ActivityType }) {
  const update = useMutation(api.mutations.activityTypes.update);
  const { isPending, run } = useDo();
  const { activityTypeId, name } = type;
  const isRetired = type.isRetired === true;
  const setRetired = (wish: boolean): void =>
    run(
      () => update({ activityTypeId, isRetired: wish }),
      wish ? `${name} is retired` : `${name} is offered again`,
    );

  return (
    <Card className="grid gap-3 *:first:mb-0">
      <CardHeader title={isRetired ? "Retired" : "Retire this activity"} />
      <p className="text-sm text-ink-soft">
        {isRetired
          ? "Nobody can log it any more. What was logged stays and counts."
          : "When it should not be logged any more. What was logged stays and counts."}
      </p>
      {isRetired ? (
        <Button
          variant="secondary"
          className="justify-self-start"
          pending={isPending}
          onClick={() => setRetired(false)}
        >
          <ArchiveRestore aria-hidden />
          Offer it again
        </Button>
      ) : (
        <ConfirmDialog
          trigger={
            <Button variant="secondary" className="justify-self-start" pending={isPending}>
              <Archive aria-hidden />
              Retire {name}
            </Button>
          }
          title={`Retire ${name}?`}
          confirm="Retire"
          onConfirm={() => setRetired(true)}
        >
          Nobody can log it from now on, and imports leave it out. What was logged keeps its points.
          You can offer it again at any time.
        </ConfirmDialog>
      )}
    </Card>
  );
}
