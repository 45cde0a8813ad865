import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Menu, MenuItem } from "../../components/Menu";
import type { Challenge } from "./challengeContext";
import type { Tab } from "./ChallengeTabs";

interface MoreMenuProps {
  tabs: Tab[];
  challengeId: Challenge["challengeId"];
  trigger: ReactNode;
}

/** The pages of a challenge that have no place in the bar of a phone. Fetched when it is first opened. */
export function MoreMenu({ tabs, challengeId, trigger }: MoreMenuProps) {
  return (
    <Menu defaultOpen trigger={trigger}>
      {tabs.map(({ to, label, icon: Icon }) => (
        <MenuItem key={to} asChild>
          <Link to={to} params={{ challengeId }}>
            <Icon aria-hidden />
            {label}
          </Link>
        </MenuItem>
      ))}
    </Menu>
  );
}
