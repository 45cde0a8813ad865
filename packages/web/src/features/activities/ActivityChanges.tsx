import { useViewer } from "../../app/context";
import { formatInstant } from "../../lib/format";
import { preferredUnit } from "../../lib/unitChoice";
import { byWords, deedWords, differencesOf, type Change } from "./changeWords";

/** What happened to an activity, newest first: who did it, why, and what it changed. */
export function ActivityChanges({ changes }: { changes: readonly Change[] }) {
  const viewer = useViewer();
  return (
    <section>
      <h3 className="mb-1 text-sm font-bold">What happened</h3>
      <ol className="grid gap-3 border-l-2 border-line pl-4 text-sm">
        {changes.map((change) => (
          <li key={change.seq}>
            <p>
              <span className="font-semibold">{deedWords(change)}</span>{" "}
              <span className="text-ink-soft">
                by {byWords(change.by, viewer?.displayName)}, {formatInstant(change.at)}
              </span>
            </p>
            {change.note !== undefined && <p>Reason: {change.note}</p>}
            {change.kind !== "created" && <Differences change={change} />}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Differences({ change }: { change: Change }) {
  return (
    <dl>
      {differencesOf(change, preferredUnit).map(({ label, before, after }) => (
        <div key={label} className="flex flex-wrap gap-x-2">
          <dt className="text-ink-soft">{label}:</dt>
          <dd className="tabular-nums">
            <del className="text-ink-soft">
              <span className="sr-only">from </span>
              {before}
            </del>{" "}
            <span aria-hidden>→</span>
            <span className="sr-only">to</span>{" "}
            <ins className="font-semibold no-underline">{after}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}
