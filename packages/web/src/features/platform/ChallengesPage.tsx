import { api } from "@milepost/backend/api";
import { Link } from "@tanstack/react-router";
import { usePaginatedQuery } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { CircleHelp, Lock, ShieldCheck, TriangleAlert, Trophy } from "lucide-react";
import { Badge } from "../../components/Badge";
import { Card } from "../../components/Card";
import { PageHeader, usePageTitle } from "../../components/Page";
import { EmptyState } from "../../components/States";
import { formatCount, formatDays, formatInstant } from "../../lib/format";
import { PagedList } from "../../components/PagedList";

const PAGE_SIZE = 25;
type Row = FunctionReturnType<typeof api.queries.platform.challenges>["page"][number];

/** Every challenge of the platform, with how many people are in it and whether its totals agree. */
export function ChallengesPage() {
  usePageTitle("All challenges");
  const list = usePaginatedQuery(
    api.queries.platform.challenges,
    {},
    { initialNumItems: PAGE_SIZE },
  );
  return (
    <>
      <PageHeader title="All challenges">
        Private ones too, newest first. A challenge opens with its maintenance.
      </PageHeader>
      <Card>
        <PagedList
          label="Challenges"
          list={list}
          pageSize={PAGE_SIZE}
          empty={
            <EmptyState icon={Trophy} title="No challenge so far">
              As soon as somebody creates one, it stands here.
            </EmptyState>
          }
        >
          {(challenge) => <ChallengeItem key={challenge.challengeId} challenge={challenge} />}
        </PagedList>
      </Card>
    </>
  );
}

function ChallengeItem({ challenge }: { challenge: Row }) {
  const { challengeId, name, startsOn, endsOn, visibility, isFinal, people } = challenge;
  return (
    <li>
      <Link
        to="/c/$challengeId/organise/maintenance"
        params={{ challengeId }}
        className="group flex min-h-16 flex-wrap items-center gap-x-4 gap-y-1.5 rounded-lg py-3"
      >
        <span className="min-w-48 flex-1">
          <span className="block font-semibold underline-offset-4 group-hover:underline">
            {name}
          </span>
          <span className="block text-sm text-ink-soft">
            {formatDays(startsOn, endsOn)} · {formatCount(people, "person", "people")}
          </span>
        </span>
        <span className="flex flex-wrap gap-1.5">
          {visibility === "private" && (
            <Badge>
              <Lock aria-hidden />
              Private
            </Badge>
          )}
          {isFinal && <Badge tone="flame">Final</Badge>}
          <HealthBadge challenge={challenge} />
        </span>
      </Link>
    </li>
  );
}

const HEALTH = {
  ok: { tone: "accent", icon: ShieldCheck, label: "Totals agree" },
  drift: { tone: "danger", icon: TriangleAlert, label: "Totals differ" },
  unknown: { tone: "neutral", icon: CircleHelp, label: "Not verified yet" },
} as const;

function HealthBadge({ challenge: { status, lastVerifiedAt } }: { challenge: Row }) {
  const { tone, icon: Icon, label } = HEALTH[status];
  const when = lastVerifiedAt === null ? undefined : `Verified ${formatInstant(lastVerifiedAt)}`;
  return (
    <Badge tone={tone} title={when}>
      <Icon aria-hidden />
      {label}
    </Badge>
  );
}
