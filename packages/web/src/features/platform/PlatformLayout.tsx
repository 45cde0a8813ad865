import { Link, Outlet } from "@tanstack/react-router";
import { Activity, Trophy, UsersRound, Wrench } from "lucide-react";
import { NotFound } from "../../app/RouteError";
import { SignInFirst } from "../../app/SignInFirst";
import { useViewer } from "../../app/context";
import { Page } from "../../components/Page";
import { sectionLink, Sections } from "../../components/Sections";

const PAGES = [
  { to: "/platform", label: "Challenges", icon: Trophy },
  { to: "/platform/people", label: "People", icon: UsersRound },
  { to: "/platform/jobs", label: "Jobs", icon: Wrench },
  { to: "/platform/strava", label: "Strava", icon: Activity },
] as const;

/** The pages of who administrates the whole platform. To everybody else they are not there. */
export function PlatformLayout() {
  const viewer = useViewer();
  if (viewer === null) return <SignInFirst title="Sign in to go on" />;
  if (!viewer.isPlatformAdmin) return <NotFound />;
  return (
    <Page>
      <Sections
        label="Platform"
        links={PAGES.map(({ to, label, icon: Icon }) => (
          <Link key={to} to={to} activeOptions={{ exact: true }} className={sectionLink}>
            <Icon aria-hidden />
            {label}
          </Link>
        ))}
      >
        <Outlet />
      </Sections>
    </Page>
  );
}
