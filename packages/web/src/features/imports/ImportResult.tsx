import type { Archive } from "@milepost/backend/rules/archive";
import { Link } from "@tanstack/react-router";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { useChallenge } from "../challenges/challengeContext";
import { planOf, summaryOf, type RowResult } from "./importPlan";
import { Remarks } from "./Remarks";
import { RowList } from "./RowList";
import { SummaryList } from "./SummaryList";

/** What became of every row of the file. */
export function ImportResult({
  archive,
  results,
  onAgain,
}: {
  archive: Archive;
  results: RowResult[];
  onAgain: () => void;
}) {
  const { challengeId } = useChallenge();
  return (
    <Card>
      <CardHeader title={<output>Import finished</output>} />
      <div>
        <SummaryList summary={summaryOf(results)} refusedCount={archive.refused.length} isDone />
      </div>
      <RowList plan={planOf(archive.rows, results)} />
      <Remarks title="Lines that could not be read" remarks={archive.refused} />
      <div className="mt-5 flex flex-wrap gap-3">
        <Button asChild>
          <Link to="/c/$challengeId/history" params={{ challengeId }}>
            See my history
          </Link>
        </Button>
        <Button variant="secondary" onClick={onAgain}>
          Import another file
        </Button>
      </div>
    </Card>
  );
}
