import { api } from "@milepost/backend/api";
import { graceEndsAt } from "@milepost/backend/rules/logWindow";
import { useMutation, useQuery } from "convex/react";
import { useNavigate } from "@tanstack/react-router";
import { LogOut } from "lucide-react";
import { toast } from "sonner";
import { Badge } from "../../components/Badge";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { usePageTitle } from "../../components/Page";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { formatCount, formatDay, formatPoints, formatZone } from "../../lib/format";
import { messageOf } from "../../lib/refusals";
import { bonusWords, limitWords, scoringWords } from "../../lib/ruleWords";
import { isMember, useChallenge, useSharedArgs, type Challenge } from "./challengeContext";

/** What the challenge is, when it runs and how points are earned. */
export function AboutPage() {
  const challenge = useChallenge();
  usePageTitle(`About ${challenge.name}`);
  return (
    <>
      <h1 className="sr-only">About {challenge.name}</h1>
      {challenge.description !== "" && (
        <p className="max-w-2xl text-lg whitespace-pre-line">{challenge.description}</p>
      )}
      <PointsTable />
      <RulesCard challenge={challenge} />
      {isMember(challenge) && <LeaveButton challenge={challenge} />}
    </>
  );
}

function PointsTable() {
  const types = useQuery(api.queries.activityTypes.list, useSharedArgs());
  return (
    <Card>
      <CardHeader title="How points are earned" />
      {types === undefined && (
        <Loading label="Loading the points table">
          <SkeletonRows count={4} />
        </Loading>
      )}
      {types !== undefined && types.length === 0 && (
        <p className="text-ink-soft">This challenge has no activities to log yet.</p>
      )}
      {types !== undefined && types.length > 0 && (
        <table className="w-full text-left">
          <thead className="sr-only">
            <tr>
              <th scope="col">Activity</th>
              <th scope="col">Points</th>
            </tr>
          </thead>
          <tbody className="divide-y divide-line">
            {types.map((type) => (
              <tr key={type.activityTypeId} className="align-top">
                <th scope="row" className="py-3 pr-4 font-semibold">
                  {type.name}
                  {!type.contributesToStreak && (
                    <Badge className="ml-2 align-middle">Not for the streak</Badge>
                  )}
                </th>
                <td className="py-3">
                  <p className="font-semibold">{scoringWords(type.scoring, type.isNegative)}</p>
                  {[...bonusWords(type), ...limitWords(type)].map((words) => (
                    <p key={words} className="text-sm text-ink-soft">
                      {words}
                    </p>
                  ))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

function RulesCard({ challenge }: { challenge: Challenge }) {
  const { startsOn, endsOn, timezone, graceHours, backdateDays } = challenge;
  const { streakBonus, streakMinPoints, streakBonusDailyCap } = challenge;
  const closing = new Intl.DateTimeFormat(undefined, {
    dateStyle: "medium",
    timeStyle: "short",
  }).format(graceEndsAt(challenge));
  const rules: Array<[term: string, words: string]> = [
    [
      "Runs",
      `${formatDay(startsOn)} to ${formatDay(endsOn)}, in the zone ${formatZone(timezone)}.`,
    ],
    [
      "Logging",
      `Up to ${formatCount(backdateDays, "day")} back. Entries close ${closing} your time, ` +
        `${formatCount(graceHours, "hour")} after the last day.`,
    ],
    [
      "Streak",
      `A day counts when it has ${formatPoints(streakMinPoints)} or more. A day without ends the run; ` +
        "days logged late, changed or deleted put it right.",
    ],
    [
      "Streak bonus",
      streakBonus === "none"
        ? "None in this challenge."
        : "Day 1 of a run earns 1 point, day 2 earns 2, and so on, " +
          `up to ${formatPoints(streakBonusDailyCap)} a day.`,
    ],
    ["Ties", "Equal points share a rank; who got there first stands above."],
  ];
  return (
    <Card>
      <CardHeader title="Rules" />
      <dl className="grid gap-x-6 gap-y-4 sm:grid-cols-[8rem_1fr]">
        {rules.map(([term, words]) => (
          <div key={term} className="grid gap-0.5 sm:contents">
            <dt className="font-semibold">{term}</dt>
            <dd className="text-ink-soft">{words}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function LeaveButton({ challenge }: { challenge: Challenge }) {
  const leave = useMutation(api.mutations.challenges.leave);
  const navigate = useNavigate();

  async function confirmLeave(): Promise<void> {
    try {
      await leave({ challengeId: challenge.challengeId });
      toast.success(`You left ${challenge.name}.`);
      await navigate({ to: "/" });
    } catch (error) {
      toast.error(messageOf(error));
    }
  }

  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" className="justify-self-start">
          <LogOut aria-hidden />
          Leave challenge
        </Button>
      }
      title={`Leave ${challenge.name}?`}
      confirm="Leave challenge"
      onConfirm={() => void confirmLeave()}
    >
      You disappear from the board. Your points and activities are kept, and come back if you join
      again.
    </ConfirmDialog>
  );
}
