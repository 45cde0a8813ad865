import { Link, Outlet } from "@tanstack/react-router";
import { ClipboardList, ListChecks, Settings, ShieldX, Users } from "lucide-react";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { sectionLink, Sections } from "../../components/Sections";
import { EmptyState } from "../../components/States";
import { isOrganiser, useChallenge, type Challenge } from "../challenges/challengeContext";

const PAGES = [
  { to: "/c/$challengeId/organise", label: "Overview", icon: ClipboardList },
  { to: "/c/$challengeId/organise/people", label: "People", icon: Users },
  { to: "/c/$challengeId/organise/rules", label: "Rules", icon: ListChecks },
  { to: "/c/$challengeId/organise/settings", label: "Settings", icon: Settings },
] as const;

/** The pages of organisers. Nobody else gets in here, nor past the functions the pages call. */
export function OrganiseLayout() {
  const challenge = useChallenge();
  const { challengeId } = challenge;
  if (!isOrganiser(challenge)) return <OrganisersOnly challengeId={challengeId} />;
  return (
    <Sections
      label="Organise"
      links={PAGES.map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          params={{ challengeId }}
          activeOptions={{ exact: to === "/c/$challengeId/organise" }}
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
