import { useConvexConnectionState } from "convex/react";
import { CloudOff, RefreshCw } from "lucide-react";
import { useEffect, useState } from "react";

/** A blip shorter than this is not worth a person's attention. */
const PATIENCE_MS = 2000;

/** True when the connection has been down for longer than a blip. */
function useIsDisconnected(): boolean {
  const { isWebSocketConnected } = useConvexConnectionState();
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    if (isWebSocketConnected) return;
    const timer = setTimeout(() => setIsLate(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setIsLate(false);
    };
  }, [isWebSocketConnected]);
  return isLate && !isWebSocketConnected;
}

/** Says that the page is cut off and that nothing typed is lost; silent otherwise. */
export function ConnectionBanner() {
  const isDisconnected = useIsDisconnected();
  const isOffline = isDisconnected && !navigator.onLine;
  const Icon = isOffline ? CloudOff : RefreshCw;
  return (
    <output className="block">
      {isDisconnected && (
        <span className="flex items-center justify-center gap-2 bg-flame-soft px-4 py-2 text-sm font-medium text-flame-ink">
          <Icon className="size-4 shrink-0" aria-hidden />
          {isOffline
            ? "You are offline. Points may be out of date; what you type is kept."
            : "Reconnecting. Points may be out of date; what you type is kept."}
        </span>
      )}
    </output>
  );
}
