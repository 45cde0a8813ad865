import { useAuthActions } from "@convex-dev/auth/react";
import { Link, useNavigate } from "@tanstack/react-router";
import { Check, LogOut, Monitor, Moon, Settings, Shield, Sun } from "lucide-react";
import { DropdownMenu } from "radix-ui";
import { Menu, MenuItem, menuItemClasses } from "../components/Menu";
import { setTheme, useTheme, type Theme } from "../lib/theme";
import type { Viewer } from "./context";
import { UserMenuButton } from "./UserMenuButton";

const THEMES: Array<{ theme: Theme; label: string; icon: typeof Sun }> = [
  { theme: "system", label: "Like the device", icon: Monitor },
  { theme: "light", label: "Light", icon: Sun },
  { theme: "dark", label: "Dark", icon: Moon },
];

/** The person's own menu: settings, theme, sign out. Fetched when it is first opened. */
export function UserMenu({ viewer }: { viewer: NonNullable<Viewer> }) {
  const { signOut } = useAuthActions();
  const navigate = useNavigate();
  const theme = useTheme();

  async function leave(): Promise<void> {
    await signOut();
    await navigate({ to: "/" });
  }

  return (
    <Menu defaultOpen trigger={<UserMenuButton viewer={viewer} />}>
      <DropdownMenu.Label className="px-3 py-2">
        <span className="block font-bold">{viewer.displayName}</span>
        {viewer.isDemo && <span className="text-sm text-ink-soft">Made-up person of the demo</span>}
      </DropdownMenu.Label>
      <MenuItem asChild>
        <Link to="/settings">
          <Settings aria-hidden />
          Settings
        </Link>
      </MenuItem>
      {viewer.isPlatformAdmin && (
        <MenuItem asChild>
          <Link to="/platform">
            <Shield aria-hidden />
            Platform
          </Link>
        </MenuItem>
      )}
      <DropdownMenu.Separator className="my-2 h-px bg-line" />
      <DropdownMenu.RadioGroup value={theme} aria-label="Theme">
        {THEMES.map(({ theme: option, label, icon: Icon }) => (
          <DropdownMenu.RadioItem
            key={option}
            value={option}
            className={menuItemClasses}
            onSelect={() => setTheme(option)}
          >
            <Icon aria-hidden />
            {label}
            <DropdownMenu.ItemIndicator className="ml-auto">
              <Check aria-hidden />
            </DropdownMenu.ItemIndicator>
          </DropdownMenu.RadioItem>
        ))}
      </DropdownMenu.RadioGroup>
      <DropdownMenu.Separator className="my-2 h-px bg-line" />
      <MenuItem onSelect={() => void leave()}>
        <LogOut aria-hidden />
        Sign out
      </MenuItem>
    </Menu>
  );
}
