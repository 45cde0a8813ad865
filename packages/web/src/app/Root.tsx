import { api } from "@milepost/backend/api";
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import { useConvexAuth, useMutation, useQuery } from "convex/react";
import { lazy, Suspense, useEffect, useMemo, useRef, type RefObject } from "react";
import { Toaster } from "sonner";
import { Button } from "../components/Button";
import { DeferredMenu } from "../components/DeferredMenu";
import { Page } from "../components/Page";
import { Loading, Skeleton, SkeletonRows } from "../components/Skeleton";
import { browserZone, useLocalDay } from "../lib/today";
import { ConnectionBanner } from "./ConnectionBanner";
import { ViewerContext, type Viewer } from "./context";
import { Logo } from "./Logo";
import { UserMenuButton } from "./UserMenuButton";

const fetchUserMenu = async () => ({ default: (await import("./UserMenu")).UserMenu });
const UserMenu = lazy(fetchUserMenu);
// The page does not wait for the count of what is new.
const Bell = lazy(async () => ({
  default: (await import("../features/notifications/Bell")).Bell,
}));

/** The signed-in person; undefined while that is not known. */
function useLiveViewer(): Viewer | undefined {
  const { isLoading } = useConvexAuth();
  return useQuery(api.queries.viewer.get, isLoading ? "skip" : {});
}

/** Remembers the zone of a person who has none, so that "today" means the same day on every device. */
function useZoneOnce(viewer: Viewer | undefined): void {
  const update = useMutation(api.mutations.viewer.update);
  const isUnknown = viewer !== undefined && viewer !== null && viewer.timezone === undefined;
  useEffect(() => {
    // A zone the deployment does not know is no reason to disturb anyone: the browser's day is used then.
    if (isUnknown) update({ timezone: browserZone() }).catch(() => undefined);
  }, [isUnknown, update]);
}

/** Takes the focus to the new page after a navigation, so that keyboards and screen readers start there. */
function useFocusOnNavigation(main: RefObject<HTMLElement | null>): void {
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    main.current?.focus({ preventScroll: true });
  }, [main, pathname]);
}

/** Header, notices and toasts around every page. Pages mount when it is known who looks at them. */
export function Root() {
  const viewer = useLiveViewer();
  const today = useLocalDay(viewer?.timezone);
  const main = useRef<HTMLElement>(null);
  useZoneOnce(viewer);
  useFocusOnNavigation(main);
  const context = useMemo(() => (viewer === undefined ? null : { viewer, today }), [viewer, today]);
  return (
    <>
      <a
        href="#main"
        className="sr-only z-50 rounded-lg bg-accent px-4 py-2 font-semibold text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <Header viewer={viewer} />
      <ConnectionBanner />
      <main id="main" ref={main} tabIndex={-1} className="outline-none">
        {context === null ? (
          <PageSkeleton />
        ) : (
          <ViewerContext value={context}>
            {/* Signing in or out asks everything again: what was refused before may be allowed now. */}
            <Outlet key={viewer?.userId ?? "nobody"} />
          </ViewerContext>
        )}
      </main>
      <Toaster
        position="bottom-center"
        duration={6000}
        offset={{ bottom: 24 }}
        mobileOffset={{ bottom: 80, left: 16, right: 16 }}
        toastOptions={{
          unstyled: true,
          classNames: {
            toast:
              "flex w-full items-center gap-3 rounded-2xl border border-line-strong/60 bg-surface px-4 py-3 font-sans text-[0.9375rem] text-ink shadow-float sm:w-100",
            title: "font-semibold",
            description: "text-sm text-ink-soft",
            content: "min-w-0 flex-1",
            icon: "text-accent",
            actionButton:
              "ml-auto h-9 shrink-0 rounded-lg bg-accent-soft px-3 text-sm font-bold text-accent-ink",
            error: "[&_[data-icon]]:text-danger",
          },
        }}
      />
    </>
  );
}

function Header({ viewer }: { viewer: Viewer | undefined }) {
  const { pathname, href } = useLocation();
  return (
    <header className="border-b border-line bg-surface">
      <div className="mx-auto flex h-15 max-w-5xl items-center justify-between gap-4 px-4 sm:px-6">
        <Link to="/" className="flex min-h-11 items-center rounded-lg" aria-label="Milepost, home">
          <Logo />
        </Link>
        {viewer === undefined && <AvatarSkeleton />}
        {viewer === null && pathname !== "/sign-in" && (
          <Button asChild size="sm">
            <Link to="/sign-in" search={{ next: href }}>
              Sign in
            </Link>
          </Button>
        )}
        {viewer !== undefined && viewer !== null && (
          <div className="flex items-center gap-1">
            <Suspense fallback={<span className="size-11" />}>
              <Bell />
            </Suspense>
            <DeferredMenu fetch={fetchUserMenu} trigger={<UserMenuButton viewer={viewer} />}>
              <UserMenu viewer={viewer} />
            </DeferredMenu>
          </div>
        )}
      </div>
    </header>
  );
}

function AvatarSkeleton() {
  return <Skeleton className="m-1 size-9 rounded-full" />;
}

/** The shape of a page whose data or code is on its way. */
export function PageSkeleton() {
  return (
    <Page>
      <Loading label="Loading">
        <Skeleton className="mb-3 h-9 w-2/3 max-w-72" />
        <Skeleton className="mb-8 h-5 w-1/2 max-w-52" />
        <SkeletonRows count={5} />
      </Loading>
    </Page>
  );
}
