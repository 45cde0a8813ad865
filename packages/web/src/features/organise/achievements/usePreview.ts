import { api } from "@milepost/backend/api";
import { useConvex } from "convex/react";
import type { FunctionReturnType } from "convex/server";
import { useEffect, useState } from "react";
import { messageOf } from "../../../lib/refusals";
import { useChallenge } from "../../challenges/challengeContext";
import type { Definition } from "./achievementValues";

type Page = FunctionReturnType<typeof api.queries.achievements.preview>;
type Cursor = Page["continueCursor"];

const MAX_NAMES = 10;

export interface AwardPreview {
  /** People looked at so far, those with an award, and all their awards. */
  processed: number;
  people: number;
  awards: number;
  /** The first ten of them. */
  names: string[];
  isDone: boolean;
  /** What went wrong in words, null while nothing did. */
  problem: string | null;
}

const NOTHING: AwardPreview = {
  processed: 0,
  people: 0,
  awards: 0,
  names: [],
  isDone: false,
  problem: null,
};

/** Asks once who would get awards by a definition now, some people at a time, and follows the answer as it grows. */
export function usePreview(definition: Definition): AwardPreview {
  const client = useConvex();
  const { challengeId } = useChallenge();
  const [asked] = useState({ challengeId, ...definition });
  const [preview, setPreview] = useState(NOTHING);
  useEffect(() => {
    let isCurrent = true;
    async function ask(): Promise<void> {
      let sum = NOTHING;
      let cursor: Cursor = null;
      while (isCurrent && !sum.isDone) {
        const page: Page = await client.query(api.queries.achievements.preview, {
          ...asked,
          cursor,
        });
        cursor = page.continueCursor;
        sum = {
          processed: sum.processed + page.processed,
          people: sum.people + page.people,
          awards: sum.awards + page.awards,
          names: [...sum.names, ...page.names].slice(0, MAX_NAMES),
          isDone: page.isDone,
          problem: null,
        };
        if (isCurrent) setPreview(sum);
      }
    }
    ask().catch((error: unknown) => {
      if (isCurrent) setPreview({ ...NOTHING, problem: messageOf(error) });
    });
    return () => {
      isCurrent = false;
    };
  }, [client, asked]);
  return preview;
}
