import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useState } from "react";
import { messageOf } from "../../lib/refusals";

/** Takes the browser to Strava, to be asked there. `isPending` stays until the page is left. */
export function useConnect() {
  const begin = useMutation(api.mutations.strava.beginConnect);
  const [isPending, setIsPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function connect(): Promise<void> {
    setIsPending(true);
    setProblem(null);
    try {
      const { url } = await begin({});
      window.location.assign(url);
    } catch (error) {
      setProblem(messageOf(error));
      setIsPending(false);
    }
  }

  return { connect, isPending, problem };
}
