import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { CircleCheck, CircleDashed } from "lucide-react";
import { useToday } from "../../app/context";
import { Card, CardHeader } from "../../components/Card";
import { isMember, useChallenge, useSharedArgs } from "../challenges/challengeContext";

/** What is left to do in a fresh challenge; gone once people are in and something is logged. */
export function FirstSteps() {
  const challenge = useChallenge();
  const { challengeId } = challenge;
  const shared = useSharedArgs();
  const today = useToday();
  const summary = useQuery(api.queries.participants.summary, shared);
  const types = useQuery(api.queries.activityTypes.list, shared);
  const own = useQuery(
    api.queries.leaderboards.ownRow,
    isMember(challenge) ? { challengeId, today } : "skip",
  );
  if (summary === undefined || types === undefined || own === undefined) return null;
  const steps = [
    {
      isDone: types.some(({ isRetired }) => isRetired !== true),
      label: "Choose what can be logged",
      link: (
        <Link to="/c/$challengeId/organise/rules" params={{ challengeId }}>
          Look at the rules
        </Link>
      ),
    },
    {
      isDone: summary.ranked > 1,
      label: "Invite people",
      link: <span className="text-ink-soft">Send them the join link below</span>,
    },
    {
      isDone: own !== null && own.activityCount > 0,
      label: "Log your first activity",
      link: (
        <Link to="/c/$challengeId/log" params={{ challengeId }}>
          Log something
        </Link>
      ),
    },
  ];
  // Whoever has people in knows how it works: their own first log is no duty.
  if (steps.slice(0, 2).every(({ isDone }) => isDone)) return null;
  return (
    <Card>
      <CardHeader title="Getting started" />
      <ol className="grid gap-3">
        {steps.map(({ isDone, label, link }) => (
          <li key={label} className="flex items-center gap-3">
            {isDone ? (
              <CircleCheck className="size-6 shrink-0 text-accent" aria-hidden />
            ) : (
              <CircleDashed className="size-6 shrink-0 text-ink-soft" aria-hidden />
            )}
            <span className="grid min-w-0 flex-1 sm:flex sm:justify-between sm:gap-4">
              <span className={isDone ? "text-ink-soft" : "font-semibold"}>
                {label}
                {isDone && <span className="sr-only">, done</span>}
              </span>
              {!isDone && (
                <span className="text-sm [&_a]:font-semibold [&_a]:text-accent-ink [&_a]:underline [&_a]:underline-offset-4">
                  {link}
                </span>
              )}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
