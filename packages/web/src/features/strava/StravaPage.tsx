import { api } from "@milepost/backend/api";
import { getRouteApi } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { CircleCheck, Eye, LoaderCircle } from "lucide-react";
import { toast } from "sonner";
import { Card, CardHeader } from "../../components/Card";
import { PageHeader, usePageTitle } from "../../components/Page";
import { Loading, Skeleton } from "../../components/Skeleton";
import { Notice } from "../../components/States";
import { ConnectionCard } from "./ConnectionCard";
import { FailedCard } from "./FailedCard";
import { LateCard } from "./LateCard";
import { NotSetUp } from "./NotSetUp";
import { ReturnCard } from "./ReturnCard";
import { SkippedCard } from "./SkippedCard";
import { disconnectionWords, type Disconnection, type StravaStatus } from "./stravaWords";

const route = getRouteApi("/settings/strava");

/** Strava: connecting, how it stands, what does not count and why, and disconnecting. */
export function StravaPage() {
  usePageTitle("Strava");
  const status = useQuery(api.queries.strava.status, {});
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const forget = (): void => void navigate({ search: {}, replace: true });

  function welcome(): void {
    toast.success("Strava is connected.", { description: "Your last two weeks are on their way." });
    forget();
  }

  return (
    <>
      <PageHeader title="Strava">Let what you record there count here.</PageHeader>
      <ReturnCard back={search} onConnected={welcome} onClose={forget} />
      {status === undefined ? (
        <Loading label="Loading how you stand with Strava">
          <Skeleton className="h-64 rounded-card" />
        </Loading>
      ) : (
        <Standing status={status} />
      )}
    </>
  );
}

function Standing({ status }: { status: StravaStatus }) {
  const { state, missing, lastDisconnection } = status;
  return (
    <>
      {lastDisconnection !== null && status.connection === null && (
        <Receipt receipt={lastDisconnection} />
      )}
      {state === "notSetUp" ? <NotSetUp missing={missing} /> : <ConnectionCard status={status} />}
      {status.failed > 0 && <FailedCard />}
      {state !== "notSetUp" && <OthersCard />}
      <SkippedCard isConnected={status.connection !== null} />
      <LateCard />
    </>
  );
}

/** What the last disconnection did, or is doing. */
function Receipt({ receipt }: { receipt: Disconnection }) {
  const { title, details } = disconnectionWords(receipt);
  return (
    <Notice icon={receipt.finishedAt === null ? LoaderCircle : CircleCheck}>
      <p className="font-semibold">{title}</p>
      <output>{details}</output>
    </Notice>
  );
}

function OthersCard() {
  return (
    <Card>
      <CardHeader
        title={
          <span className="flex items-center gap-2.5">
            <Eye className="size-5 text-ink-soft" aria-hidden />
            What others see
          </span>
        }
      />
      <ul className="grid list-disc gap-1.5 pl-5 marker:text-line-strong">
        <li>Everybody in the challenge: your total, your rank and your streak.</li>
        <li>
          Organisers: that there was an activity of Strava, its day and its kind. Not its distance,
          time, title or points.
        </li>
        <li>Only you: everything else. It is erased here seven days after it was fetched.</li>
      </ul>
      <p className="mt-3 text-sm text-ink-soft">
        Whoever watches your total while an activity arrives can work out its points.
      </p>
    </Card>
  );
}
