import { useToday } from "../../../app/context";
import { Card, CardHeader } from "../../../components/Card";
import { ExportButton } from "../../../components/ExportButton";
import { useChallenge, useSharedArgs } from "../../challenges/challengeContext";
import { boardTable, peopleTable } from "./exports";

/** Files for a spreadsheet: who is in, and how the board stands. */
export function ExportCard() {
  const { name } = useChallenge();
  const shared = useSharedArgs();
  const today = useToday();
  return (
    <Card>
      <CardHeader title="Export" />
      <p className="-mt-2 mb-4 text-sm text-ink-soft">
        Files for a spreadsheet. They hold names: keep them as you keep other personal data.
      </p>
      <div className="flex flex-wrap gap-3">
        <ExportButton
          name={[name, "People"]}
          read={async (client, onProgress) => await peopleTable(client, shared, onProgress)}
        >
          People (CSV)
        </ExportButton>
        <ExportButton
          name={[name, "Leaderboard"]}
          read={async (client, onProgress) =>
            await boardTable(client, { ...shared, today }, onProgress)
          }
        >
          Leaderboard (CSV)
        </ExportButton>
      </div>
    </Card>
  );
}
