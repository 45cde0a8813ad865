import { FileUp, TriangleAlert } from "lucide-react";
import type { ChangeEvent } from "react";
import { Card } from "../../components/Card";
import { PageHeader, usePageTitle } from "../../components/Page";
import { ProgressBar } from "../../components/ProgressBar";
import { Notice } from "../../components/States";
import { formatNumber } from "../../lib/format";
import { LoggingClosed } from "../activities/LoggingClosed";
import { useLogWindow } from "../activities/useLogWindow";
import { MembersOnly } from "../challenges/MembersOnly";
import { ImportPreview } from "./ImportPreview";
import { ImportResult } from "./ImportResult";
import { useImport } from "./useImport";

export function ImportPage() {
  usePageTitle("Import");
  const { isOpen } = useLogWindow();
  return (
    <MembersOnly>
      <div className="mx-auto grid w-full max-w-2xl gap-6">
        <PageHeader title="Import from Strava">
          Bring the activities of your own Strava archive. Importing a file twice never counts
          twice.
        </PageHeader>
        {isOpen ? <ImportSteps /> : <LoggingClosed />}
      </div>
    </MembersOnly>
  );
}

function ImportSteps() {
  const { state, choose, lookAgain, tick, run, startOver } = useImport();
  switch (state.step) {
    case "choose":
      return <ChooseFile problem={state.problem} onChoose={(file) => void choose(file)} />;
    case "previewing":
      return <Working label="Looking at your activities" done={state.done} total={state.total} />;
    case "ready":
      return (
        <ImportPreview
          ready={state}
          onTick={(chosenIds) => tick(state, chosenIds)}
          onPreview={(reason) => void lookAgain(state, reason)}
          onImport={() => void run(state)}
          onCancel={startOver}
        />
      );
    case "importing":
      return <Working label="Importing" done={state.done} total={state.total} />;
    case "done":
      return <ImportResult archive={state.archive} results={state.results} onAgain={startOver} />;
  }
}

function ChooseFile({
  problem,
  onChoose,
}: {
  problem: string | null;
  onChoose: (file: File) => void;
}) {
  function take({ target }: ChangeEvent<HTMLInputElement>): void {
    const file = target.files?.[0];
    if (file !== undefined) onChoose(file);
    // The same file can be chosen again after it was put right.
    target.value = "";
  }
  return (
    <Card className="grid gap-5">
      {problem !== null && (
        <Notice tone="danger" icon={TriangleAlert} role="alert">
          {problem}
        </Notice>
      )}
      <ol className="grid list-decimal gap-2 pl-5 marker:font-bold marker:text-accent-ink">
        <li>
          In Strava: Settings, My Account, Download or Delete Your Account, Request your archive.
        </li>
        <li>Strava sends you a link. Download the archive and unpack it.</li>
        <li>
          Choose the file <strong>activities.csv</strong> from it. It is read on this device, and
          you see what would count before anything is saved.
        </li>
      </ol>
      <label className="relative grid min-h-36 justify-items-center gap-2 rounded-card border-2 border-dashed border-line-strong/60 px-4 py-7 text-center transition-colors hover:bg-sunken has-focus-visible:outline-3 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent">
        <FileUp className="size-8 text-accent" aria-hidden />
        <span className="font-semibold">Choose activities.csv</span>
        <span className="text-sm text-ink-soft">or drop it here</span>
        <input
          type="file"
          accept=".csv,text/csv"
          className="absolute inset-0 cursor-pointer opacity-0"
          onChange={take}
        />
      </label>
    </Card>
  );
}

function Working({ label, done, total }: { label: string; done: number; total: number }) {
  return (
    <Card className="grid gap-3">
      <p className="flex justify-between gap-4 font-semibold">
        <output>{label}</output>
        <span className="tabular-nums">
          {formatNumber(done)} of {formatNumber(total)}
        </span>
      </p>
      <ProgressBar label={label} value={done} max={total} />
    </Card>
  );
}
