import { formatSigned } from "../../lib/format";

interface Line {
  kind: string;
  label: string;
  points: number;
}

/** Why an activity has its points: one line each, adding up to them. */
export function PointLines({ lines }: { lines: readonly Line[] }) {
  return (
    <ul className="grid gap-1 text-sm">
      {lines.map((line, index) => (
        <li key={index} className="flex justify-between gap-4">
          <span className="min-w-0 text-ink-soft">{line.label}</span>
          <span className="font-semibold whitespace-nowrap tabular-nums">
            {formatSigned(line.points)}
          </span>
        </li>
      ))}
    </ul>
  );
}
