import { Link } from "@tanstack/react-router";
import { CalendarX } from "lucide-react";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { EmptyState } from "../../components/States";
import { useNow } from "../../lib/useNow";
import { useChallenge } from "../challenges/challengeContext";
import { closedWords } from "./closedWords";
import { useLogWindow } from "./useLogWindow";

/** In place of a form while no day is open for the viewer: why, and what comes next. */
export function LoggingClosed() {
  const challenge = useChallenge();
  const { words } = useLogWindow();
  const { title, text } = closedWords(challenge, useNow()) ?? {
    title: "Logging is closed",
    text: words,
  };
  const params = { challengeId: challenge.challengeId };
  return (
    <Card>
      <EmptyState
        icon={CalendarX}
        title={title}
        action={
          <Button asChild variant="secondary">
            {challenge.isFinal ? (
              <Link to="/c/$challengeId/standings" params={params}>
                See the final standings
              </Link>
            ) : (
              <Link to="/c/$challengeId/about" params={params}>
                See the rules
              </Link>
            )}
          </Button>
        }
      >
        {text}
      </EmptyState>
    </Card>
  );
}
