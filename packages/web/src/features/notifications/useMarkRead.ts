import { api } from "@milepost/backend/api";
import { optimisticallyUpdateValueInPaginatedQuery, useMutation } from "convex/react";
import { useDo } from "../../lib/useDo";
import type { Notification } from "./newsWords";

/** Marks notifications as read, at once on the screen: one, or all there are. */
export function useMarkRead() {
  const { isPending, run } = useDo();
  const markRead = useMutation(api.mutations.notifications.markRead).withOptimisticUpdate(
    (store, { notificationIds }) => {
      const { mine, unread } = api.queries.notifications;
      const isMeant = ({ notificationId }: Notification): boolean =>
        notificationIds === undefined || notificationIds.includes(notificationId);
      optimisticallyUpdateValueInPaginatedQuery(store, mine, {}, (one) =>
        isMeant(one) ? { ...one, isRead: true } : one,
      );
      const before = store.getQuery(unread, {});
      if (before === undefined || before.hasMore) return;
      const count =
        notificationIds === undefined ? 0 : Math.max(0, before.count - notificationIds.length);
      store.setQuery(unread, {}, { count, hasMore: false });
    },
  );

  async function readOne({ notificationId, isRead }: Notification): Promise<void> {
    // Whoever opens what it is about does not care whether this works: it stays new, and is opened once more.
    if (!isRead) await markRead({ notificationIds: [notificationId] }).catch(() => undefined);
  }

  const readAll = (): void =>
    run(async () => {
      // A call marks a bounded number of them.
      while ((await markRead({})).hasMore);
    });

  return { readOne, readAll, isPending };
}
