import { useConvex, type ConvexReactClient } from "convex/react";
import { Download } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { useToday } from "../../../app/context";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { downloadCsv } from "../../../lib/csv";
import { messageOf } from "../../../lib/refusals";
import { useChallenge, useSharedArgs } from "../../challenges/challengeContext";
import { boardCsv, fileNameOf, peopleCsv } from "./exports";

/** Files for a spreadsheet: who is in, and how the board stands. */
export function ExportCard() {
  const shared = useSharedArgs();
  const today = useToday();
  return (
    <Card>
      <CardHeader title="Export" />
      <p className="-mt-2 mb-4 text-sm text-ink-soft">
        Files for a spreadsheet. They hold names: keep them as you keep other personal data.
      </p>
      <div className="flex flex-wrap gap-3">
        <ExportButton label="People" read={async (client) => await peopleCsv(client, shared)} />
        <ExportButton
          label="Leaderboard"
          read={async (client) => await boardCsv(client, shared, today)}
        />
      </div>
    </Card>
  );
}

interface ExportButtonProps {
  label: string;
  read: (client: ConvexReactClient) => Promise<string>;
}

/** Reads everything page by page, then lets the browser save it. */
export function ExportButton({ label, read }: ExportButtonProps) {
  const { name } = useChallenge();
  const client = useConvex();
  const [isPending, setIsPending] = useState(false);

  async function save(): Promise<void> {
    setIsPending(true);
    try {
      downloadCsv(`${fileNameOf(name, label)}.csv`, await read(client));
    } catch (error) {
      toast.error(messageOf(error));
    } finally {
      setIsPending(false);
    }
  }

  return (
    <Button
      variant="secondary"
      className="justify-self-start"
      pending={isPending}
      onClick={() => void save()}
    >
      {!isPending && <Download aria-hidden />}
      {label} (CSV)
    </Button>
  );
}
