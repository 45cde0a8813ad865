import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { Link } from "@tanstack/react-router";
import { useMutation, usePaginatedQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { useState } from "react";
import { toast } from "sonner";
import { Badge } from "../../../components/Badge";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { Select } from "../../../components/Field";
import { PagedList } from "../../../components/PagedList";
import { formatDay, formatInstant } from "../../../lib/format";
import { persistently } from "../../../lib/persistently";
import { useChallenge } from "../../challenges/challengeContext";
import { DecisionDialog, type Decided } from "../../moderation/DecisionDialog";
import { LATE_WORDS } from "../../strava/lateWords";

type Late = FunctionReturnType<typeof api.queries.stravaLate.list>["page"][number];
type Status = Late["status"];

const PAGE_SIZE = 20;
const STATUSES: Status[] = ["open", "accepted", "dismissed"];
const EMPTY_WORDS: Record<Status, string> = {
  open: "Nothing that came late waits for you.",
  accepted: "You let nothing count that came late.",
  dismissed: "You turned nothing away that came late.",
};

/** Activities that came after the challenge closed, for organisers to decide about. */
export function LateCard() {
  const { challengeId } = useChallenge();
  const [shown, setShown] = useState<Status>("open");
  const list = usePaginatedQuery(
    api.queries.stravaLate.list,
    { challengeId, status: shown },
    { initialNumItems: PAGE_SIZE },
  );
  return (
    <Card>
      <CardHeader
        title="Arrived late"
        action={
          <Select
            aria-label="Which late activities"
            className="w-44"
            value={shown}
            onChange={({ target }) =>
              setShown(STATUSES.find((status) => status === target.value) ?? "open")
            }
          >
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {LATE_WORDS[status].label}
              </option>
            ))}
          </Select>
        }
      />
      <p className="mb-2 text-sm text-ink-soft">
        Strava delivered these after the challenge had closed. Accepted ones give the points they
        would have given in time; final standings then get their next version.
      </p>
      <PagedList
        label="Activities that arrived late"
        list={list}
        pageSize={PAGE_SIZE}
        empty={<p>{EMPTY_WORDS[shown]}</p>}
      >
        {(late) => <LateRow key={late.lateId} late={late} />}
      </PagedList>
    </Card>
  );
}

function LateRow({ late }: { late: Late }) {
  const { challengeId } = useChallenge();
  const [wish, setWish] = useState<boolean | null>(null);
  const { label, tone } = LATE_WORDS[late.status];
  return (
    <li className="grid gap-2 py-3 last:pb-0">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <div className="min-w-0">
          <p className="font-semibold break-words">
            <Link
              to="/c/$challengeId/people/$userId"
              params={{ challengeId, userId: late.userId }}
              className="underline decoration-line-strong underline-offset-4"
            >
              {late.displayName}
            </Link>
            : {late.typeName}, {formatDay(late.loggedDate)}
          </p>
          <p className="text-sm text-ink-soft">Came {formatInstant(late.arrivedAt)}</p>
          {late.answer !== null && <p className="text-sm break-words">“{late.answer}”</p>}
        </div>
        <p className="flex flex-wrap gap-1.5">
          {late.isLikelyDuplicate && <Badge tone="flame">Perhaps logged already</Badge>}
          {late.status !== "open" && <Badge tone={tone}>{label}</Badge>}
        </p>
      </div>
      {late.status === "open" && (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" onClick={() => setWish(true)}>
            Let it count
          </Button>
          <Button size="sm" variant="secondary" onClick={() => setWish(false)}>
            Turn it away
          </Button>
        </div>
      )}
      {wish !== null && (
        <DecideDialog lateId={late.lateId} isAccepted={wish} onClose={() => setWish(null)} />
      )}
    </li>
  );
}

interface DecideDialogProps {
  lateId: Id<"stravaLateActivities">;
  isAccepted: boolean;
  onClose: () => void;
}

function DecideDialog({ lateId, isAccepted, onClose }: DecideDialogProps) {
  const decide = useMutation(api.mutations.stravaLate.decide);
  async function send(decided: Decided): Promise<void> {
    await persistently(() => decide({ lateId, isAccepted, ...decided }));
    toast.success(isAccepted ? "It counts now." : "It was turned away.");
  }
  return (
    <DecisionDialog
      title={isAccepted ? "Let it count?" : "Turn it away?"}
      hint="Whose activity it is reads your reason."
      confirm={isAccepted ? "Let it count" : "Turn it away"}
      onConfirm={send}
      onClose={onClose}
    >
      <p>
        {isAccepted
          ? "It gives the points it would have given in time."
          : "It gives no points. You can still see it among those turned away."}
      </p>
    </DecisionDialog>
  );
}
