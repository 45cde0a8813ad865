import { Link, Outlet } from "@tanstack/react-router";
import { Activity, KeyRound, ShieldUser, UserRound } from "lucide-react";
import { SignInFirst } from "../../app/SignInFirst";
import { useViewer } from "../../app/context";
import { Page } from "../../components/Page";
import { sectionLink, Sections } from "../../components/Sections";

const PAGES = [
  { to: "/settings", label: "You", icon: UserRound },
  { to: "/settings/strava", label: "Strava", icon: Activity },
  { to: "/settings/keys", label: "API keys", icon: KeyRound },
  { to: "/settings/account", label: "Account", icon: ShieldUser },
] as const;

/** The pages about the person; only for somebody who is signed in. */
export function SettingsLayout() {
  const viewer = useViewer();
  if (viewer === null) return <SignInFirst title="Sign in to see your settings" />;
  return (
    <Page>
      <Sections
        label="Settings"
        links={PAGES.map(({ to, label, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: true, includeSearch: false }}
            className={sectionLink}
          >
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
