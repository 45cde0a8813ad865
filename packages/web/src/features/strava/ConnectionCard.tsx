import { CircleCheck, Link2, PlugZap, TriangleAlert, Unplug } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Badge } from "../../components/Badge";
import { FieldError } from "../../components/Field";
import { EmptyState, Notice } from "../../components/States";
import { DisconnectDialog } from "./DisconnectDialog";
import type { StravaStatus } from "./stravaWords";
import { StatusList } from "./StatusList";
import { useConnect } from "./useConnect";

/** How the person stands with Strava, and what they can do about it. */
export function ConnectionCard({ status }: { status: StravaStatus }) {
  return status.connection === null ? (
    <NotConnected isRevoked={status.state === "revoked"} />
  ) : (
    <Connected status={status} athleteId={status.connection.athleteId} />
  );
}

function NotConnected({ isRevoked }: { isRevoked: boolean }) {
  const { connect, isPending, problem } = useConnect();
  return (
    <Card>
      <EmptyState
        icon={PlugZap}
        title={isRevoked ? "You took the access back at Strava" : "Not connected"}
        className="py-6"
        action={
          <Button pending={isPending} onClick={() => void connect()}>
            <Link2 aria-hidden />
            {isRevoked ? "Connect again" : "Connect Strava"}
          </Button>
        }
      >
        {isRevoked
          ? "Nothing comes from Strava any more. The points that were there stay."
          : "What you record on Strava then counts by itself in every challenge you are in, a few seconds after you save it there. Your last two weeks come at once."}
      </EmptyState>
      {problem !== null && <FieldError>{problem}</FieldError>}
    </Card>
  );
}

function Connected({ status, athleteId }: { status: StravaStatus; athleteId: string }) {
  const [isAsking, setIsAsking] = useState(false);
  const isBroken = status.state === "needsReconnect";
  return (
    <Card className="grid gap-5 *:first:mb-0">
      <CardHeader
        title={
          <>
            Connected as{" "}
            <a
              href={`https://www.strava.com/athletes/${athleteId}`}
              target="_blank"
              rel="noreferrer"
              className="underline decoration-line-strong underline-offset-4"
            >
              athlete {athleteId}
            </a>
          </>
        }
        action={
          <Badge tone={isBroken ? "flame" : "accent"}>
            {isBroken ? <TriangleAlert aria-hidden /> : <CircleCheck aria-hidden />}
            {isBroken ? "Needs you" : "Working"}
          </Badge>
        }
      />
      {isBroken && <Reconnect />}
      <StatusList status={status} />
      <Button variant="secondary" className="justify-self-start" onClick={() => setIsAsking(true)}>
        <Unplug aria-hidden />
        Disconnect
      </Button>
      {isAsking && <DisconnectDialog onClose={() => setIsAsking(false)} />}
    </Card>
  );
}

function Reconnect() {
  const { connect, isPending, problem } = useConnect();
  return (
    <Notice tone="warning" icon={TriangleAlert}>
      <p className="mb-3">
        Strava refuses the access it gave, so nothing new comes in. Connect once more: what was
        missed in the last two weeks then comes by itself, and nothing counts twice.
      </p>
      <Button size="sm" pending={isPending} onClick={() => void connect()}>
        Connect again
      </Button>
      {problem !== null && <FieldError>{problem}</FieldError>}
    </Notice>
  );
}
