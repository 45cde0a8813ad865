import { useState } from "react";
import { useViewer } from "../../app/context";
import { readStored, writeStored } from "../../lib/storage";
import type { Challenge } from "./challengeContext";

/** The announcement of a challenge that the viewer has not closed on this device yet, and the way to close it. */
export function useOpenAnnouncement({
  challengeId,
  announcement,
}: Pick<Challenge, "challengeId" | "announcement">) {
  const viewerId = useViewer()?.userId ?? "";
  const key = `milepost:read:${challengeId}:${viewerId}`;
  const [closedAt, setClosedAt] = useState<unknown>(() => readStored(key));
  function close(): void {
    if (announcement === undefined) return;
    writeStored(key, announcement.at);
    setClosedAt(announcement.at);
  }
  return { open: announcement?.at === closedAt ? undefined : announcement, close };
}
