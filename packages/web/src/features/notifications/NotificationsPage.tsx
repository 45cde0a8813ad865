import { api } from "@milepost/backend/api";
import { dayOfInstant } from "@milepost/backend/rules/dates";
import { usePaginatedQuery, useQuery } from "convex/react";
import { BellOff, CheckCheck } from "lucide-react";
import { useMemo } from "react";
import { useToday, useViewer } from "../../app/context";
import { SignInFirst } from "../../app/SignInFirst";
import { Button } from "../../components/Button";
import { Card } from "../../components/Card";
import { MoreButton } from "../../components/MoreButton";
import { Page, PageHeader, usePageTitle } from "../../components/Page";
import { Loading, SkeletonRows } from "../../components/Skeleton";
import { EmptyState } from "../../components/States";
import { formatDayNear } from "../../lib/format";
import { groupByDay } from "../../lib/groupByDay";
import { browserZone } from "../../lib/today";
import { NotificationItem } from "./NotificationItem";
import { useMarkRead } from "./useMarkRead";

const PAGE_SIZE = 25;

/** What happened to the person's activities, roles and challenges, newest first. */
export function NotificationsPage() {
  const viewer = useViewer();
  usePageTitle("Notifications");
  if (viewer === null) return <SignInFirst title="Sign in to see your notifications" />;
  return <Notifications zone={viewer.timezone ?? browserZone()} />;
}

function Notifications({ zone }: { zone: string }) {
  const list = usePaginatedQuery(
    api.queries.notifications.mine,
    {},
    { initialNumItems: PAGE_SIZE },
  );
  const { results, status } = list;
  const unread = useQuery(api.queries.notifications.unread, {});
  const today = useToday();
  const times = useMemo(
    () => new Intl.DateTimeFormat(undefined, { timeStyle: "short", timeZone: zone }),
    [zone],
  );
  const { readOne, readAll, isPending } = useMarkRead();
  return (
    <Page narrow>
      <div className="flex flex-wrap items-end justify-between gap-4">
        <PageHeader title="Notifications">Kept for 90 days.</PageHeader>
        {unread !== undefined && (unread.count > 0 || unread.hasMore) && (
          <Button variant="secondary" pending={isPending} onClick={readAll}>
            <CheckCheck aria-hidden />
            Mark all as read
          </Button>
        )}
      </div>
      {status === "LoadingFirstPage" && (
        <Loading label="Loading the notifications">
          <SkeletonRows count={6} className="h-18" />
        </Loading>
      )}
      {status === "Exhausted" && results.length === 0 && (
        <Card>
          <EmptyState icon={BellOff} title="Nothing new">
            Awards, answers of organisers and changes to your activities appear here.
          </EmptyState>
        </Card>
      )}
      {groupByDay(results, ({ at }) => dayOfInstant(at, zone)).map(({ day, items }) => (
        <section key={day} aria-labelledby={`news-${day}`}>
          <h2 id={`news-${day}`} className="mb-2 text-sm font-bold text-ink-soft">
            {formatDayNear(day, today)}
          </h2>
          <Card className="p-0 sm:p-0">
            <ul className="divide-y divide-line">
              {items.map((notification) => (
                <NotificationItem
                  key={notification.notificationId}
                  notification={notification}
                  time={times.format(notification.at)}
                  onRead={() => void readOne(notification)}
                />
              ))}
            </ul>
          </Card>
        </section>
      ))}
      <MoreButton list={list} pageSize={PAGE_SIZE}>
        Show older ones
      </MoreButton>
    </Page>
  );
}
