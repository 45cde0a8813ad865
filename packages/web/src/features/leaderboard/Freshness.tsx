import { useConvexConnectionState } from "convex/react";
import { Radio, WifiOff } from "lucide-react";
import { useEffect, useState } from "react";
import { Badge } from "../../components/Badge";
import { agoWords } from "./stageWords";

const TICK_MS = 1000;

/** Whether what is shown moves by itself right now, and how long ago it last changed. */
export function Freshness({ of: shown }: { of: object | undefined }) {
  const { isWebSocketConnected } = useConvexConnectionState();
  const [age, setAge] = useState(0);
  useEffect(() => {
    const changedAt = Date.now();
    const timer = setInterval(() => setAge(Date.now() - changedAt), TICK_MS);
    return () => clearInterval(timer);
  }, [shown]);
  const Icon = isWebSocketConnected ? Radio : WifiOff;
  return (
    <p className="flex items-center gap-2.5 text-sm text-ink-soft tabular-nums">
      {shown !== undefined && <span>Updated {agoWords(age)}</span>}
      <Badge tone={isWebSocketConnected ? "accent" : "neutral"}>
        <Icon aria-hidden />
        {isWebSocketConnected ? "Live" : "Not live"}
      </Badge>
    </p>
  );
}
