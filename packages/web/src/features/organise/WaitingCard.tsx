import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import {
  AlarmClock,
  ChevronRight,
  CircleCheck,
  Flag,
  HeartPulse,
  Hourglass,
  Scale,
  Shapes,
  type LucideIcon,
} from "lucide-react";
import { Card, CardHeader } from "../../components/Card";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { formatCount, formatInstant } from "../../lib/format";
import { useChallenge } from "../challenges/challengeContext";

/** So many are counted; more is "20 or more". */
const COUNTED = 20;
const paginationOpts = { numItems: COUNTED, cursor: null };

/** One thing that waits, and the page where it is dealt with. */
interface Waiting {
  icon: LucideIcon;
  count: number;
  words: string;
  to:
    | "/c/$challengeId/organise/review"
    | "/c/$challengeId/organise/strava"
    | "/c/$challengeId/organise/maintenance";
  /** Which queue of the review. */
  show?: "held" | "appeals";
}

const REVIEW = "/c/$challengeId/organise/review" as const;
const STRAVA = "/c/$challengeId/organise/strava" as const;

function pageWords({ page, isDone }: { page: unknown[]; isDone: boolean }, one: string): string {
  return isDone ? formatCount(page.length, one) : `${COUNTED} ${one}s or more`;
}

/** What waits for an organiser: flags, held imports, appeals, sports without an activity, late arrivals, and findings about the numbers. */
export function WaitingCard() {
  const { challengeId } = useChallenge();
  const flags = useQuery(api.queries.moderation.flags, { challengeId, paginationOpts });
  const held = useQuery(api.queries.review.held, { challengeId, paginationOpts });
  const appeals = useQuery(api.queries.moderation.appeals, { challengeId, paginationOpts });
  const unmapped = useQuery(api.queries.strava.unmapped, { challengeId });
  const late = useQuery(api.queries.stravaLate.list, {
    challengeId,
    status: "open",
    paginationOpts,
  });
  const health = useQuery(api.queries.maintenance.health, { challengeId });

  if (!flags || !held || !appeals || !unmapped || !late || !health) {
    return (
      <Loading label="Loading what waits">
        <SkeletonRows count={1} className="h-32 rounded-card" />
      </Loading>
    );
  }
  const findings = health.status === "drift" ? health.findings.length : 0;
  const sports = unmapped.sports.length;
  const items: Waiting[] = [
    { icon: Flag, count: flags.page.length, words: pageWords(flags, "open flag"), to: REVIEW },
    {
      icon: Hourglass,
      count: held.page.length,
      words: pageWords(held, "held import"),
      to: REVIEW,
      show: "held",
    },
    {
      icon: Scale,
      count: appeals.page.length,
      words: pageWords(appeals, "open appeal"),
      to: REVIEW,
      show: "appeals",
    },
    {
      icon: Shapes,
      count: sports,
      words: `${formatCount(sports, "sport")} of Strava without an activity`,
      to: STRAVA,
    },
    {
      icon: AlarmClock,
      count: late.page.length,
      words: pageWords(late, "late arrival"),
      to: STRAVA,
    },
    {
      icon: HeartPulse,
      count: findings,
      words: `${formatCount(findings, "finding")} in the last check of all points`,
      to: "/c/$challengeId/organise/maintenance",
    },
  ];
  return (
    <Card>
      <CardHeader title="Waiting for you" />
      <WaitingList items={items.filter(({ count }) => count > 0)} />
      <p className="mt-3 text-sm text-ink-soft">
        {health.lastVerifiedAt === null
          ? "The points have not been checked yet: that happens every night."
          : `All points were last checked ${formatInstant(health.lastVerifiedAt)}.`}
      </p>
    </Card>
  );
}

function WaitingList({ items }: { items: Waiting[] }) {
  const { challengeId } = useChallenge();
  if (items.length === 0) {
    return (
      <p className="flex items-center gap-2.5 font-semibold">
        <CircleCheck className="size-5 text-accent" aria-hidden />
        Nothing waits for you.
      </p>
    );
  }
  return (
    <ul className="grid gap-1">
      {items.map(({ icon: Icon, words, to, show }) => (
        <li key={words}>
          <Link
            to={to}
            params={{ challengeId }}
            search={show === undefined ? {} : { show }}
            className="-mx-2 flex min-h-11 items-center gap-3 rounded-xl px-2 font-semibold hover:bg-sunken"
          >
            <Icon className="size-5 text-flame" aria-hidden />
            <span className="flex-1">{words}</span>
            <ChevronRight className="size-5 text-ink-soft" aria-hidden />
          </Link>
        </li>
      ))}
    </ul>
  );
}
