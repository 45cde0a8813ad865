import type { ReactNode } from "react";
import { Link } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { SignInFirst } from "../../app/SignInFirst";
import { useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { EmptyState } from "../../components/States";
import { isMember, useChallenge } from "./challengeContext";

/** Shows its children to people who take part, and to others what to do first. */
export function MembersOnly({ children }: { children: ReactNode }) {
  const challenge = useChallenge();
  const viewer = useViewer();
  if (viewer === null) return <SignInFirst title="Sign in to take part" />;
  if (isMember(challenge)) return children;
  return (
    <Card>
      <EmptyState
        icon={UserPlus}
        title="Only for people who take part"
        action={
          <Button asChild variant="secondary">
            <Link to="/c/$challengeId" params={{ challengeId: challenge.challengeId }}>
              Go to the board
            </Link>
          </Button>
        }
      >
        Join this challenge to log activities and to see your own history.
      </EmptyState>
    </Card>
  );
}
