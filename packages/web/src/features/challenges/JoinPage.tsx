import { api } from "@milepost/backend/api";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useMutation, useQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { Ticket } from "lucide-react";
import { useToday, useViewer } from "../../app/context";
import { SignInButtons } from "../../app/SignInFirst";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { FieldError } from "../../components/Field";
import { Page, usePageTitle } from "../../components/Page";
import { Loading, Skeleton } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { formatCount, formatDays, formatZone } from "../../lib/format";
import { useAttempt } from "../../lib/useAttempt";
import { progressWords } from "./challengeTime";

const route = getRouteApi("/join/$code");

type Invitation = NonNullable<FunctionReturnType<typeof api.queries.challenges.invitation>>;

/** Where a join link leads: says what it lets into, asks once, then takes the person to the board. */
export function JoinPage() {
  usePageTitle("Join a challenge");
  const { code } = route.useParams();
  const invitation = useQuery(api.queries.challenges.invitation, { joinCode: code });
  return (
    <Page narrow>
      <Card>
        {invitation === undefined && (
          <Loading label="Loading the invitation">
            <Skeleton className="h-80" />
          </Loading>
        )}
        {invitation === null && <NotValid />}
        {invitation && <Invited invitation={invitation} code={code} />}
      </Card>
    </Page>
  );
}

function NotValid() {
  return (
    <EmptyState
      icon={Ticket}
      title="This join code is not valid"
      level={1}
      action={
        <Button asChild variant="secondary">
          <Link to="/">Go to the first page</Link>
        </Button>
      }
    >
      Ask the organiser for the newest link.
    </EmptyState>
  );
}

function Invited({ invitation, code }: { invitation: Invitation; code: string }) {
  const { name, description, startsOn, endsOn, timezone, people } = invitation;
  const viewer = useViewer();
  const today = useToday();
  return (
    <EmptyState
      icon={Ticket}
      title={`You are invited to ${name}`}
      level={1}
      action={<NextStep invitation={invitation} code={code} />}
    >
      <p className="font-semibold text-ink">
        {formatDays(startsOn, endsOn)} ({formatZone(timezone)})
      </p>
      <p>
        {progressWords(invitation, today)}
        {people > 0 && ` · ${formatCount(people, "person", "people")} on the board`}
      </p>
      {description !== "" && <p className="mt-3 whitespace-pre-line">{description}</p>}
      <p className="mt-3 text-sm">
        You log what you do, earn points and see everybody on one board.{" "}
        {viewer === null
          ? "To join you need an account; you come straight back here."
          : `Others in it will see your name, ${viewer.displayName}, and your points.`}
      </p>
    </EmptyState>
  );
}

function NextStep({ invitation, code }: { invitation: Invitation; code: string }) {
  const { challengeId, isFinal } = invitation;
  const viewer = useViewer();
  if (challengeId !== null) {
    return (
      <Button asChild>
        <Link to="/c/$challengeId" params={{ challengeId }}>
          You are in: go to the board
        </Link>
      </Button>
    );
  }
  if (isFinal) return <p className="font-semibold">It is over: its standings are final.</p>;
  return viewer === null ? <SignInButtons /> : <JoinButton code={code} />;
}

function JoinButton({ code }: { code: string }) {
  const navigate = route.useNavigate();
  const join = useMutation(api.mutations.challenges.join);
  const { isPending, problem, attempt } = useAttempt();

  async function takePart(): Promise<void> {
    const { challengeId } = await join({ joinCode: code });
    await navigate({ to: "/c/$challengeId", params: { challengeId } });
  }

  return (
    <div className="grid justify-items-center gap-3">
      <Button pending={isPending} onClick={() => void attempt(takePart)}>
        Join challenge
      </Button>
      {problem !== null && <FieldError>{problem}</FieldError>}
    </div>
  );
}
