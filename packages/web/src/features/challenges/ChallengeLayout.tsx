import { api } from "@milepost/backend/api";
import { getRouteApi, Link, Outlet } from "@tanstack/react-router";
import { useQuery } from "convex/react";
import { FileUp, Info, ListOrdered, Lock, Plus, ScrollText } from "lucide-react";
import { PageSkeleton } from "../../app/Root";
import { useToday } from "../../app/context";
import { Badge } from "../../components/Badge";
import { Page } from "../../components/Page";
import { ProgressBar } from "../../components/ProgressBar";
import { useNow } from "../../lib/useNow";
import { ChallengeContext, isMember, type Challenge } from "./challengeContext";
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
  if (challenge === undefined) return <PageSkeleton />;
  return (
    <ChallengeContext value={challenge}>
      <div className="border-b border-line bg-surface">
        <div className="mx-auto max-w-5xl px-4 pt-5 sm:px-6 sm:pt-7">
          <ChallengeHeader challenge={challenge} />
          <nav aria-label="Challenge" className="mt-4 hidden gap-1 sm:flex">
            <Tabs challenge={challenge} className={topTab} />
          </nav>
        </div>
      </div>
      <Page>
        {!isMember(challenge) && <JoinBanner challenge={challenge} />}
        <Outlet key={challengeId} />
        <div className="h-16 sm:hidden" aria-hidden />
      </Page>
      <nav
        aria-label="Challenge"
        className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
      >
        <Tabs challenge={challenge} className={bottomTab} mainIcon={bottomMainIcon} />
      </nav>
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

const topTab =
  "flex min-h-11 items-center gap-2 border-b-3 border-transparent px-4 text-[0.9375rem] font-semibold text-ink-soft transition-colors hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink [&_svg]:size-4.5";

const bottomTab =
  "grid min-h-15 flex-1 content-center justify-items-center gap-0.5 text-xs font-semibold text-ink-soft aria-[current=page]:text-accent-ink [&_svg]:size-5.5 aria-[current=page]:[&_svg]:stroke-[2.4]";

/** On a phone the most frequent deed stands out. */
const bottomMainIcon = "rounded-full bg-accent text-on-accent";

const TABS = [
  { to: "/c/$challengeId", label: "Board", icon: ListOrdered, isForMembers: false },
  { to: "/c/$challengeId/history", label: "History", icon: ScrollText, isForMembers: true },
  { to: "/c/$challengeId/log", label: "Log", icon: Plus, isForMembers: true },
  { to: "/c/$challengeId/import", label: "Import", icon: FileUp, isForMembers: true },
  { to: "/c/$challengeId/about", label: "About", icon: Info, isForMembers: false },
] as const;

interface TabsProps {
  challenge: Challenge;
  className: string;
  /** Classes of the icon of the tab that is a deed and not a view. */
  mainIcon?: string;
}

function Tabs({ challenge, className, mainIcon }: TabsProps) {
  const { challengeId } = challenge;
  return TABS.filter(({ isForMembers }) => !isForMembers || isMember(challenge)).map(
    ({ to, label, icon: Icon }) => (
      <Link
        key={to}
        to={to}
        params={{ challengeId }}
        activeOptions={{ exact: true }}
        className={className}
      >
        <Icon aria-hidden className={label === "Log" ? mainIcon : undefined} />
        {label}
      </Link>
    ),
  );
}
