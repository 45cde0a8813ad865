import { api } from "@milepost/backend/api";
import { refusalOf } from "@milepost/backend/errors";
import { useConvex } from "convex/react";
import type { FunctionArgs, FunctionReturnType } from "convex/server";
import { useEffect, useState } from "react";
import { messageOf } from "../../lib/refusals";

type PreviewArgs = FunctionArgs<typeof api.queries.activities.previewPoints>;
export type PreviewPoints = FunctionReturnType<typeof api.queries.activities.previewPoints>;

/** Typing pauses this long before the deployment is asked. */
const PAUSE_MS = 250;

export type Preview =
  | { status: "none" }
  | { status: "later" }
  | { status: "ready"; points: PreviewPoints }
  | { status: "refused"; words: string; code: string | null };

const NONE: Preview = { status: "none" };

/** A day that is open to organisers only is previewed for nobody: the deployment previews what a participant may do. */
export const SHOWN_LATER: Preview = { status: "later" };

/**
 * What saving the form now would earn, computed by the deployment with the rules that will count. While a new answer is
 * on its way the last one stays. `args` null = the form is not complete.
 */
export function usePreview(args: PreviewArgs | null): Preview {
  const client = useConvex();
  const [preview, setPreview] = useState<Preview>(NONE);
  const key = args === null ? null : JSON.stringify(args);
  useEffect(() => {
    if (key === null) return;
    const asked = JSON.parse(key) as PreviewArgs;
    let isCurrent = true;
    async function ask(): Promise<void> {
      const answer = await askPreview(client, asked);
      if (isCurrent) setPreview(answer);
    }
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [client, key]);
  return key === null ? NONE : preview;
}

async function askPreview(
  client: ReturnType<typeof useConvex>,
  args: PreviewArgs,
): Promise<Preview> {
  try {
    return {
      status: "ready",
      points: await client.query(api.queries.activities.previewPoints, args),
    };
  } catch (error) {
    return { status: "refused", words: messageOf(error), code: refusalOf(error)?.code ?? null };
  }
}
