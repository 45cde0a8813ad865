import { useConvex, type ConvexReactClient } from "convex/react";
import { useEffect, useState } from "react";
import { messageOf } from "./refusals";

/** What was asked for, or why it could not be answered; undefined while it is on its way. */
export type Answer<Value> = { value: Value } | { problem: string } | undefined;

/**
 * Asks the deployment once, and again only when the key changes: for figures that stand still while somebody reads them,
 * or that cost too much to be subscribed to.
 *
 * @param key what the question is about, as text
 */
export function useAnswer<Value>(
  ask: (client: ConvexReactClient) => Promise<Value>,
  key: string,
): Answer<Value> {
  const client = useConvex();
  const [asked, setAsked] = useState({ ask, key });
  const [found, setFound] = useState<{ key: string; answer: Answer<Value> }>();
  if (asked.key !== key) setAsked({ ask, key });
  useEffect(() => {
    let isCurrent = true;
    async function find(): Promise<Answer<Value>> {
      try {
        return { value: await asked.ask(client) };
      } catch (error) {
        return { problem: messageOf(error) };
      }
    }
    void find().then((answer) => (isCurrent ? setFound({ key: asked.key, answer }) : undefined));
    return () => {
      isCurrent = false;
    };
  }, [client, asked]);
  return found?.key === key ? found.answer : undefined;
}
