import { api } from "@milepost/backend/api";
import { getRouteApi } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { refusalOf } from "@milepost/backend/errors";
import { Ticket } from "lucide-react";
import { useState } from "react";
import { SignInFirst } from "../../app/SignInFirst";
import { useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { FieldError } from "../../components/Field";
import { Page, usePageTitle } from "../../components/Page";
import { EmptyState } from "../../components/States";
import { messageOf } from "../../lib/refusals";

const route = getRouteApi("/join/$code");

/** Where a join link leads: asks once, then takes the person to the board. */
export function JoinPage() {
  usePageTitle("Join a challenge");
  const { code } = route.useParams();
  const viewer = useViewer();
  const navigate = route.useNavigate();
  const join = useMutation(api.mutations.challenges.join);
  const [isPending, setIsPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  if (viewer === null) return <SignInFirst title="You are invited to a challenge" />;

  async function takePart(): Promise<void> {
    setIsPending(true);
    setProblem(null);
    try {
      const { challengeId } = await join({ joinCode: code });
      await navigate({ to: "/c/$challengeId", params: { challengeId } });
    } catch (error) {
      const isUnknown = refusalOf(error)?.code === "NOT_FOUND";
      setProblem(
        isUnknown
          ? "This join code is not valid. Ask the organiser for the newest link."
          : messageOf(error),
      );
      setIsPending(false);
    }
  }

  return (
    <Page narrow>
      <Card>
        <EmptyState
          icon={Ticket}
          title="You are invited to a challenge"
          level={1}
          action={
            <Button pending={isPending} onClick={() => void takePart()}>
              Join challenge
            </Button>
          }
        >
          Others in the challenge will see your name, {viewer.displayName}, and your points.
        </EmptyState>
        {problem !== null && (
          <div className="grid justify-center pb-4">
            <FieldError>{problem}</FieldError>
          </div>
        )}
      </Card>
    </Page>
  );
}
