import {
  CircleCheck,
  CirclePause,
  CircleX,
  Clock,
  LoaderCircle,
  TriangleAlert,
} from "lucide-react";
import { Badge } from "../../components/Badge";
import { STATUS_NAMES, type Job } from "./jobWords";

const LOOKS = {
  queued: { tone: "neutral", icon: Clock },
  running: { tone: "accent", icon: LoaderCircle },
  paused: { tone: "flame", icon: CirclePause },
  failed: { tone: "danger", icon: TriangleAlert },
  cancelled: { tone: "neutral", icon: CircleX },
  completed: { tone: "accent", icon: CircleCheck },
} as const;

/** The state of a job as icon and word. */
export function JobBadge({ status }: Pick<Job, "status">) {
  const { tone, icon: Icon } = LOOKS[status];
  return (
    <Badge tone={tone}>
      <Icon aria-hidden className={status === "running" ? "animate-spin" : undefined} />
      {STATUS_NAMES[status]}
    </Badge>
  );
}
