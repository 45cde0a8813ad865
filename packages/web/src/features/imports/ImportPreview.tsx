import type { ArchiveRow } from "@milepost/backend/rules/archive";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Choice, Field, Input } from "../../components/Field";
import { Notice } from "../../components/States";
import { formatCount, formatDay } from "../../lib/format";
import { metricWords } from "../../lib/metricWords";
import { preferredUnit } from "../../lib/unitChoice";
import { isOrganiser, useChallenge } from "../challenges/challengeContext";
import { rowsSkippedFor, rowsToHold, rowsToWrite, summaryOf, unmappedLabels } from "./importPlan";
import { LabelMapping } from "./LabelMapping";
import { Remarks } from "./Remarks";
import { RowList } from "./RowList";
import { SummaryList } from "./SummaryList";
import type { ReadyImport } from "./useImport";

interface ImportPreviewProps {
  ready: ReadyImport;
  /** Says which held rows are no duplicates. */
  onTick: (chosenIds: ReadonlySet<string>) => void;
  /** Asks again, as organiser when a reason is given. */
  onPreview: (reason: string) => void;
  onImport: () => void;
  onCancel: () => void;
}

/** What would become of the file's rows, before anything is written. */
export function ImportPreview(props: ImportPreviewProps) {
  const { ready, onTick, onPreview, onImport, onCancel } = props;
  const { archive, plan, reason, typedReason, chosenIds, problem } = ready;
  const challenge = useChallenge();
  const duplicates = rowsToHold(plan);
  const closed = rowsSkippedFor(plan, "OUTSIDE_CHALLENGE_DATES").length;
  const labels = unmappedLabels(plan);
  const count = rowsToWrite(plan).length + duplicates.length;

  return (
    <>
      {problem !== null && (
        <Notice tone="danger" icon={TriangleAlert} role="alert">
          {problem}
        </Notice>
      )}
      <Card>
        <CardHeader
          title={`${formatCount(archive.rows.length, "activity", "activities")} in the file`}
        />
        <SummaryList
          summary={summaryOf(plan.map(({ result }) => result))}
          refusedCount={archive.refused.length}
          isDone={false}
        />
        <RowList plan={plan} />
        <Remarks title="Lines that could not be read" remarks={archive.refused} />
        <Remarks title="Values that were put right" remarks={archive.adjusted} />
      </Card>
      {labels.length > 0 && <LabelMapping labels={labels} onChanged={() => onPreview(reason)} />}
      {isOrganiser(challenge) && closed > 0 && (
        <OrganiserDays reason={typedReason} onPreview={onPreview} />
      )}
      {duplicates.length > 0 && (
        <Duplicates rows={duplicates} chosenIds={chosenIds} onChoose={onTick} />
      )}
      <div className="flex flex-wrap gap-3">
        {count > 0 && (
          <Button onClick={onImport}>Import {formatCount(count, "activity", "activities")}</Button>
        )}
        <Button variant="secondary" onClick={onCancel}>
          {count > 0 ? "Cancel" : "Choose another file"}
        </Button>
      </div>
    </>
  );
}

/** Organisers may import days that are closed for participants, saying why. */
function OrganiserDays({
  reason,
  onPreview,
}: {
  reason: string;
  onPreview: (reason: string) => void;
}) {
  const [text, setText] = useState(reason);
  return (
    <Card>
      <CardHeader title="Days that are closed for participants" />
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") onPreview(text.trim());
        }}
      >
        <Field
          label="Reason"
          hint="As organiser you may import any past day of the challenge. Your reason is kept."
        >
          {(control) => (
            <Input
              {...control}
              value={text}
              maxLength={500}
              onChange={({ target }) => setText(target.value)}
            />
          )}
        </Field>
        <Button
          type="submit"
          variant="secondary"
          className="justify-self-start"
          disabled={text.trim() === ""}
        >
          Look again as organiser
        </Button>
      </form>
    </Card>
  );
}

interface DuplicatesProps {
  rows: ArchiveRow[];
  chosenIds: ReadonlySet<string>;
  onChoose: (ids: ReadonlySet<string>) => void;
}

/** Rows that look like something already logged: held, and not counted, unless the person says otherwise. */
function Duplicates({ rows, chosenIds, onChoose }: DuplicatesProps) {
  function toggle(externalId: string): void {
    const next = new Set(chosenIds);
    if (!next.delete(externalId)) next.add(externalId);
    onChoose(next);
  }
  return (
    <Card>
      <fieldset className="grid gap-3">
        <legend className="mb-1 text-lg font-bold">Perhaps logged already</legend>
        <p className="text-sm text-ink-soft">
          Each looks like an activity you have on that day. Tick those that are not the same; they
          are imported too. The others wait, uncounted, until you decide.
        </p>
        {rows.map((row) => (
          <Choice
            key={row.externalId}
            checked={chosenIds.has(row.externalId)}
            onChange={() => toggle(row.externalId)}
            label={row.title ?? row.sport}
            hint={[formatDay(row.loggedDate), row.sport, metricWords(row.metrics, preferredUnit)]
              .filter((part) => part !== "")
              .join(" · ")}
          />
        ))}
      </fieldset>
    </Card>
  );
}
