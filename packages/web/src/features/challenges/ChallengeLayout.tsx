import { api } from "@milepost/backend/api";
import { getRouteApi, Outlet, useLocation } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { Lock } from "lucide-react";
import { PageSkeleton } from "../../app/Root";
import { useToday } from "../../app/context";
import { Badge } from "../../components/Badge";
import { Page } from "../../components/Page";
import { ProgressBar } from "../../components/ProgressBar";
import { useNow } from "../../lib/useNow";
import { AnnouncementBanner } from "./Announcement";
import { ChallengeContext, isMember, type Challenge } from "./challengeContext";
import { BottomTabs, TopTabs } from "./ChallengeTabs";
import { challengeStage, daysElapsed, progressWords, type Stage } from "./challengeTime";
import { JoinBanner } from "./JoinBanner";

const route = getRouteApi("/c/$challengeId");

const STAGE_BADGES: Record<Stage, { tone: "accent" | "neutral" | "flame"; label: string }> = {
  upcoming: { tone: "neutral", label: "Upcoming" },
  open: { tone: "accent", label: "Open" },
  ended: { tone: "neutral", label: "Ended" },
  final: { tone: "flame", label: "Final" },
};

/** Name, progress and tabs of a challenge around its pages. */
export function ChallengeLayout() {
  const { challengeId } = route.useParams();
  const challenge = useQuery(api.queries.challenges.get, { challengeId });
  const { pathname } = useLocation();
  if (challenge === undefined) return <PageSkeleton />;
  const isHome = /^\/c\/[^/]+(\/about)?\/?$/.test(pathname);
  return (
    <ChallengeContext value={challenge}>
      <div className="border-b border-line bg-surface">
        <div className="mx-auto max-w-5xl px-4 pt-5 sm:px-6 sm:pt-7">
          <ChallengeHeader challenge={challenge} />
          <TopTabs challenge={challenge} />
        </div>
      </div>
      <Page>
        {!isMember(challenge) && <JoinBanner challenge={challenge} />}
        {isHome && <AnnouncementBanner />}
        <Outlet key={challengeId} />
        <div className="h-16 sm:hidden" aria-hidden />
      </Page>
      <BottomTabs challenge={challenge} />
    </ChallengeContext>
  );
}

function ChallengeHeader({ challenge }: { challenge: Challenge }) {
  const today = useToday();
  const stage = STAGE_BADGES[challengeStage(challenge, useNow())];
  const { elapsed, total } = daysElapsed(challenge, today);
  return (
    <div className="grid gap-3 pb-4 sm:pb-0">
      <div className="flex items-start justify-between gap-3">
        <p className="text-xl leading-tight font-extrabold tracking-tight sm:text-2xl">
          {challenge.name}
        </p>
        <span className="flex gap-1.5 pt-0.5">
          {challenge.visibility === "private" && (
            <Badge>
              <Lock aria-hidden />
              Private
            </Badge>
          )}
          <Badge tone={stage.tone}>{stage.label}</Badge>
        </span>
      </div>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1.5">
        <ProgressBar label="Days passed" value={elapsed} max={total} className="w-40 max-w-full" />
        <p className="text-sm text-ink-soft">{progressWords(challenge, today)}</p>
      </div>
    </div>
  );
}
