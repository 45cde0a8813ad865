import { Link, Outlet } from "@tanstack/react-router";
import {
  Activity,
  Award,
  ClipboardList,
  Gavel,
  Inbox,
  ListChecks,
  Settings,
  ShieldCheck,
  ShieldX,
  Swords,
  Users,
} from "lucide-react";
import { useViewer } from "../../app/context";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { usePageTitle } from "../../components/Page";
import { sectionLink, Sections } from "../../components/Sections";
import { EmptyState } from "../../components/States";
import { isOrganiser, useChallenge, type Challenge } from "../challenges/challengeContext";

const PAGES = [
  { to: "/c/$challengeId/organise", label: "Overview", icon: ClipboardList },
  { to: "/c/$challengeId/organise/review", label: "Review", icon: Inbox },
  { to: "/c/$challengeId/organise/people", label: "People", icon: Users },
  { to: "/c/$challengeId/organise/rules", label: "Rules", icon: ListChecks },
  { to: "/c/$challengeId/organise/strava", label: "Strava and imports", icon: Activity },
  { to: "/c/$challengeId/organise/achievements", label: "Achievements", icon: Award },
  { to: "/c/$challengeId/organise/games", label: "Mini-games", icon: Swords },
  { to: "/c/$challengeId/organise/maintenance", label: "Maintenance", icon: ShieldCheck },
  { to: "/c/$challengeId/organise/decisions", label: "Decisions", icon: Gavel },
  { to: "/c/$challengeId/organise/settings", label: "Settings", icon: Settings },
] as const;

/** The pages of organisers and administrators of the platform. Nobody else gets in here, nor past the functions the pages call. */
export function OrganiseLayout() {
  const challenge = useChallenge();
  const { challengeId } = challenge;
  const isPlatformAdmin = useViewer()?.isPlatformAdmin === true;
  if (!isOrganiser(challenge) && !isPlatformAdmin)
    return <OrganisersOnly challengeId={challengeId} />;
  return (
    <Sections
      label="Organise"
      links={PAGES.map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          params={{ challengeId }}
          activeOptions={{ exact: to === "/c/$challengeId/organise", includeSearch: false }}
          className={sectionLink}
        >
          <Icon aria-hidden />
          {label}
        </Link>
      ))}
    >
      <Outlet />
    </Sections>
  );
}

function OrganisersOnly({ challengeId }: Pick<Challenge, "challengeId">) {
  usePageTitle("Only for organisers");
  return (
    <Card>
      <EmptyState
        icon={ShieldX}
        title="Only for organisers"
        level={1}
        action={
          <Button asChild variant="secondary">
            <Link to="/c/$challengeId" params={{ challengeId }}>
              Go to the board
            </Link>
          </Button>
        }
      >
        The organisers of this challenge can make you one of them.
      </EmptyState>
    </Card>
  );
}
