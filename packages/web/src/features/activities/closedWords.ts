import { formatDay, formatInstant } from "../../lib/format";
import { challengeStage } from "../challenges/challengeTime";
import { turningPoints, waitingWords } from "../challenges/countdown";

/**
 * Why nothing can be logged, and what comes next, in words; null while the challenge is open.
 *
 * @param nowMs UTC ms
 */
export function closedWords(
  challenge: Parameters<typeof challengeStage>[0],
  nowMs: number,
): { title: string; text: string } | null {
  const { start, close } = turningPoints(challenge);
  switch (challengeStage(challenge, nowMs)) {
    case "upcoming": {
      const title = `Logging opens in ${waitingWords(start - nowMs)}`;
      return { title, text: `The first day is ${formatDay(challenge.startsOn, "long")}.` };
    }
    case "ended": {
      const help = "Is something missing? Until the standings are final, an organiser can add it.";
      return {
        title: "Logging is closed",
        text: `Entries closed ${formatInstant(close)}. ${help}`,
      };
    }
    case "final":
      return { title: "Logging is closed", text: "The standings are final and stay as they are." };
    case "open":
      return null;
  }
}
