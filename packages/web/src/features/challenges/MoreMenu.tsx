import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Menu, MenuItem } from "../../components/Menu";
import type { Challenge } from "./challengeContext";
import { useCurrent, type Tab } from "./ChallengeTabs";

interface MoreMenuProps {
  tabs: Tab[];
  challengeId: Challenge["challengeId"];
  trigger: ReactNode;
}

/** The pages of a challenge that have no place in the bar of a phone. Fetched when it is first opened. */
export function MoreMenu({ tabs, challengeId, trigger }: MoreMenuProps) {
  const currentOf = useCurrent(challengeId);
  return (
    <Menu defaultOpen trigger={trigger}>
      {tabs.map((tab) => (
        <MenuItem key={tab.to} asChild>
          <Link to={tab.to} params={{ challengeId }} {...currentOf(tab)}>
            <tab.icon aria-hidden />
            {tab.label}
          </Link>
        </MenuItem>
      ))}
    </Menu>
  );
}
