import {
  Award,
  CircleAlert,
  ClockAlert,
  Dices,
  Flag,
  Hourglass,
  MessageSquare,
  PencilLine,
  PlugZap,
  Scale,
  SquarePlus,
  Trophy,
  UserCog,
  UserMinus,
  Wrench,
  type LucideIcon,
} from "lucide-react";
import type { News } from "./newsWords";

/** A picture beside the words of each kind of news. */
export const NEWS_ICONS: Record<News["kind"], LucideIcon> = {
  activityCorrected: PencilLine,
  pointsAdjusted: SquarePlus,
  activityFlagged: Flag,
  activityHeld: Hourglass,
  appealDecided: Scale,
  adminComment: MessageSquare,
  roleChanged: UserCog,
  removed: UserMinus,
  achievementAwarded: Award,
  gameStarted: Dices,
  gameSettled: Dices,
  standingsFinal: Trophy,
  stravaDisconnected: PlugZap,
  lateDismissed: ClockAlert,
  verifyFailed: CircleAlert,
  jobEnded: Wrench,
};
