import { api } from "@milepost/backend/api";
import type { Id } from "@milepost/backend/dataModel";
import { CatchBoundary, getRouteApi, Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { FileUp } from "lucide-react";
import { useToday, useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Select } from "../../components/Field";
import { PageHeader, usePageTitle } from "../../components/Page";
import { useChallenge, useSharedArgs } from "../challenges/challengeContext";
import { MembersOnly } from "../challenges/MembersOnly";
import { HistoryExport } from "./HistoryExport";
import { HeldRows } from "./HeldRows";
import { showsHeld, STATUS_LABELS, STATUSES, type Status } from "./historyFilter";
import { HistoryList, UnderReviewList } from "./HistoryList";
import { LedgerView } from "./LedgerView";
import { SkippedNote } from "./SkippedNote";
import { useHistory } from "./useHistory";
import { useLogWindow } from "./useLogWindow";

const route = getRouteApi("/c/$challengeId/history");

export function HistoryPage() {
  usePageTitle("History");
  const { person, view = "activities" } = route.useSearch();
  const viewer = useViewer();
  const isForeign = person !== undefined && person !== viewer?.userId;
  const userId = isForeign ? person : undefined;
  return (
    <MembersOnly>
      <div className="mx-auto grid w-full max-w-2xl gap-6">
        {isForeign ? <OrganiserHeader userId={person} /> : <PageHeader title="My history" />}
        <Views />
        {view === "activities" ? (
          <Activities key={person ?? "own"} userId={userId} />
        ) : (
          <LedgerView key={person ?? "own"} userId={userId} />
        )}
      </div>
    </MembersOnly>
  );
}

/** Somebody who left has no profile any more, but organisers still see what they logged. */
function OrganiserHeader({ userId }: { userId: Id<"users"> }) {
  return (
    <CatchBoundary
      getResetKey={() => userId}
      errorComponent={() => <ForeignHeader title="History of somebody who left" />}
    >
      <ParticipantHeader userId={userId} />
    </CatchBoundary>
  );
}

function ParticipantHeader({ userId }: { userId: Id<"users"> }) {
  const profile = useQuery(api.queries.profiles.get, {
    ...useSharedArgs(),
    userId,
    today: useToday(),
  });
  return (
    <ForeignHeader
      title={profile === undefined ? "History" : `History of ${profile.displayName}`}
    />
  );
}

function ForeignHeader({ title }: { title: string }) {
  return (
    <PageHeader title={title}>
      You see this as an organiser. Every change asks for a reason, which is kept.
    </PageHeader>
  );
}

const VIEWS = { activities: "Activities", ledger: "Day by day" } as const;

/** Which of the two views. */
function Views() {
  const { challengeId } = useChallenge();
  return (
    <nav aria-label="View" className="flex justify-self-start rounded-xl bg-sunken p-1">
      {(["activities", "ledger"] as const).map((one) => (
        <Link
          key={one}
          to="/c/$challengeId/history"
          params={{ challengeId }}
          search={(now) => ({ ...now, view: one === "ledger" ? one : undefined })}
          activeOptions={{ exact: true }}
          className="flex min-h-9 items-center rounded-lg px-3.5 text-sm font-semibold text-ink-soft aria-[current=page]:bg-surface aria-[current=page]:text-ink aria-[current=page]:shadow-card"
        >
          {VIEWS[one]}
        </Link>
      ))}
    </nav>
  );
}

function Activities({ userId }: { userId: Id<"users"> | undefined }) {
  const { status, type } = route.useSearch();
  const history = useHistory({ userId, activityTypeId: type, status });
  const isFiltered = status !== undefined || type !== undefined;
  const isEmpty = !isFiltered && history.isDone && history.rows.length === 0;
  return (
    <>
      {showsHeld(status) && <HeldRows userId={userId} />}
      {!isEmpty && (
        <>
          <HistoryFilters />
          <Tools userId={userId} />
        </>
      )}
      {status === "notCounted" && userId === undefined && <SkippedNote />}
      {status === "attention" ? (
        <UnderReviewList userId={userId} activityTypeId={type} />
      ) : (
        <HistoryList userId={userId} history={history} status={status} isFiltered={isFiltered} />
      )}
    </>
  );
}

/** What else can be done with a history. */
function Tools({ userId }: { userId: Id<"users"> | undefined }) {
  const { challengeId } = useChallenge();
  const { isOpen } = useLogWindow();
  return (
    <div className="flex flex-wrap justify-end gap-3">
      {userId === undefined && isOpen && (
        <Button asChild variant="secondary" size="sm">
          <Link to="/c/$challengeId/import" params={{ challengeId }}>
            <FileUp aria-hidden />
            Import
          </Link>
        </Button>
      )}
      <HistoryExport kind="activities" userId={userId} />
    </div>
  );
}

/** Which activities are shown; it stands in the address, so that it can be kept and sent. */
function HistoryFilters() {
  const { status, type } = route.useSearch();
  const navigate = route.useNavigate();
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  const choose = (chosen: { status?: Status; type?: Id<"activityTypes"> }) =>
    void navigate({
      search: ({ person }) => ({ ...(person === undefined ? {} : { person }), ...chosen }),
      replace: true,
    });
  const chosenType = type === undefined ? {} : { type };
  const chosenStatus = status === undefined ? {} : { status };
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Select
        aria-label="Status"
        value={status ?? ""}
        onChange={({ target }) => {
          const wanted = STATUSES.find((one) => one === target.value);
          choose({ ...chosenType, ...(wanted === undefined ? {} : { status: wanted }) });
        }}
      >
        <option value="">Any status</option>
        {STATUSES.map((one) => (
          <option key={one} value={one}>
            {STATUS_LABELS[one]}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Activity"
        value={type ?? ""}
        onChange={({ target }) => {
          const wanted = types?.find(({ activityTypeId }) => activityTypeId === target.value);
          const chosen = wanted === undefined ? {} : { type: wanted.activityTypeId };
          choose({ ...chosenStatus, ...chosen });
        }}
      >
        <option value="">All activities</option>
        {(types ?? []).map(({ activityTypeId, name }) => (
          <option key={activityTypeId} value={activityTypeId}>
            {name}
          </option>
        ))}
      </Select>
    </div>
  );
}
