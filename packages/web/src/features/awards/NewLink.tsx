import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { Button } from "../../components/Button";
import { useChallenge } from "../challenges/challengeContext";

const TARGETS = {
  achievements: "/c/$challengeId/organise/achievements/new",
  games: "/c/$challengeId/organise/games/new",
} as const;

/** The way for an organiser to a new achievement or game. */
export function NewLink({ to, children }: { to: keyof typeof TARGETS; children: string }) {
  const { challengeId } = useChallenge();
  return (
    <Button asChild variant="secondary" size="sm">
      <Link to={TARGETS[to]} params={{ challengeId }}>
        <Plus aria-hidden />
        {children}
      </Link>
    </Button>
  );
}
