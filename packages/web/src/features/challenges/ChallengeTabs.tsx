import { Link, useLocation } from "@tanstack/react-router";
import {
  Award,
  ChartLine,
  ClipboardList,
  Ellipsis,
  FileUp,
  Info,
  ListOrdered,
  Plus,
  ScrollText,
  type LucideIcon,
} from "lucide-react";
import { lazy } from "react";
import { DeferredMenu } from "../../components/DeferredMenu";
import { isMember, isOrganiser, type Challenge } from "./challengeContext";

const fetchMoreMenu = async () => ({ default: (await import("./MoreMenu")).MoreMenu });
const MoreMenu = lazy(fetchMoreMenu);

export interface Tab {
  to:
    | "/c/$challengeId"
    | "/c/$challengeId/history"
    | "/c/$challengeId/log"
    | "/c/$challengeId/progress"
    | "/c/$challengeId/awards"
    | "/c/$challengeId/import"
    | "/c/$challengeId/about"
    | "/c/$challengeId/organise";
  label: string;
  icon: LucideIcon;
  /** Who has use for it; the page itself says so to everybody else. */
  isFor: (challenge: Challenge) => boolean;
  /** On a phone it stands in the bar; what does not is under "More". */
  isInBar: boolean;
  /** Has no place in the row of a desk: the pages that need it link to it. */
  isPhoneOnly?: boolean;
  /** Has pages below its own. */
  hasPages?: boolean;
  /** The folder of pages it leads to, where that is not below its own. */
  folder?: string;
}

const everybody = (): boolean => true;

const TABS: Tab[] = [
  { to: "/c/$challengeId", label: "Board", icon: ListOrdered, isFor: everybody, isInBar: true },
  {
    to: "/c/$challengeId/progress",
    label: "Progress",
    icon: ChartLine,
    isFor: isMember,
    isInBar: true,
  },
  { to: "/c/$challengeId/log", label: "Log", icon: Plus, isFor: isMember, isInBar: true },
  {
    to: "/c/$challengeId/history",
    label: "History",
    icon: ScrollText,
    isFor: isMember,
    isInBar: true,
  },
  {
    to: "/c/$challengeId/awards",
    label: "Awards",
    icon: Award,
    isFor: everybody,
    isInBar: false,
    folder: "games",
  },
  {
    to: "/c/$challengeId/import",
    label: "Import",
    icon: FileUp,
    isFor: isMember,
    isInBar: false,
    isPhoneOnly: true,
  },
  { to: "/c/$challengeId/about", label: "About", icon: Info, isFor: everybody, isInBar: false },
  {
    to: "/c/$challengeId/organise",
    label: "Organise",
    icon: ClipboardList,
    isFor: isOrganiser,
    isInBar: false,
    hasPages: true,
  },
];

const topTab =
  "flex min-h-11 items-center gap-2 border-b-3 border-transparent px-3 text-[0.9375rem] font-semibold text-ink-soft transition-colors hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink lg:px-4 [&_svg]:hidden lg:[&_svg]:block [&_svg]:size-4.5";

/** Marks the tab whose pages in another folder are open; its own page the router marks. */
export function useCurrent(challengeId: string): (tab: Tab) => { "aria-current"?: "page" } {
  const { pathname } = useLocation();
  return ({ folder }) =>
    folder !== undefined && pathname.startsWith(`/c/${challengeId}/${folder}/`)
      ? { "aria-current": "page" }
      : {};
}

/** The pages of a challenge in one row under its name; not on a phone. */
export function TopTabs({ challenge }: { challenge: Challenge }) {
  const { challengeId } = challenge;
  const currentOf = useCurrent(challengeId);
  return (
    <nav aria-label="Challenge" className="mt-4 -ml-3 hidden gap-1 sm:flex lg:-ml-4">
      {TABS.filter(({ isFor, isPhoneOnly }) => isFor(challenge) && isPhoneOnly !== true).map(
        (tab) => (
          <Link
            key={tab.to}
            to={tab.to}
            params={{ challengeId }}
            activeOptions={{ exact: tab.hasPages !== true, includeSearch: false }}
            className={topTab}
            {...currentOf(tab)}
          >
            <tab.icon aria-hidden />
            {tab.label}
          </Link>
        ),
      )}
    </nav>
  );
}

const bottomTab =
  "grid min-h-15 flex-1 content-center justify-items-center gap-0.5 text-xs font-semibold text-ink-soft aria-[current=page]:text-accent-ink [&_svg]:size-5.5 aria-[current=page]:[&_svg]:stroke-[2.4]";

/** On a phone the most frequent deed stands out. */
const mainIcon = "rounded-full bg-accent text-on-accent";

/** The pages of a challenge in a bar at the thumb: the frequent ones, and the others in a menu. */
export function BottomTabs({ challenge }: { challenge: Challenge }) {
  const { challengeId } = challenge;
  const mine = TABS.filter(({ isFor }) => isFor(challenge));
  const more = mine.filter(({ isInBar }) => !isInBar);
  return (
    <nav
      aria-label="Challenge"
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:hidden"
    >
      {mine
        .filter(({ isInBar }) => isInBar)
        .map(({ to, label, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            params={{ challengeId }}
            activeOptions={{ exact: true, includeSearch: false }}
            className={bottomTab}
          >
            <Icon aria-hidden className={label === "Log" ? mainIcon : undefined} />
            {label}
          </Link>
        ))}
      <DeferredMenu fetch={fetchMoreMenu} trigger={<MoreButton />}>
        <MoreMenu tabs={more} challengeId={challengeId} trigger={<MoreButton />} />
      </DeferredMenu>
    </nav>
  );
}

function MoreButton(props: object) {
  return (
    <button type="button" className={bottomTab} {...props}>
      <Ellipsis aria-hidden />
      More
    </button>
  );
}
