import { api } from "@milepost/backend/api";
import { refusalOf } from "@milepost/backend/errors";
import { useMutation } from "convex/react";
import { useEffect, useRef, useState } from "react";
import { messageOf } from "../../lib/refusals";

/** Where the confirmation of a connection stands. */
export type Confirmation =
  | { step: "working" }
  /** The athlete counts for another account; only their person may take the points over. */
  | { step: "move" }
  | { step: "failed"; problem: string };

/** Why nothing was connected, as a step. */
export function failureOf(error: unknown): Exclude<Confirmation, { step: "working" }> {
  const refusal = refusalOf(error);
  if (refusal?.code === "INVALID_INPUT" && refusal.path === "move") return { step: "move" };
  if (refusal?.code === "INVALID_INPUT" && refusal.path === "athlete") {
    const problem =
      "You are connected to another Strava account. Disconnect that one first, then connect this one.";
    return { step: "failed", problem };
  }
  if (refusal?.code === "NOT_FOUND") {
    const problem =
      "This confirmation was used, took longer than ten minutes, or was begun in another browser. Connect once more.";
    return { step: "failed", problem };
  }
  return { step: "failed", problem: messageOf(error) };
}

/** Confirms the connection the browser came back with, once; `onDone` hears when it stands. */
export function useConfirm(ticket: string, onDone: () => void) {
  const confirmConnect = useMutation(api.mutations.strava.confirmConnect);
  const [state, setState] = useState<Confirmation>({ step: "working" });
  const asked = useRef<string | null>(null);

  async function confirm(move: boolean): Promise<void> {
    setState({ step: "working" });
    try {
      await confirmConnect(move ? { ticket, move } : { ticket });
      onDone();
    } catch (error) {
      setState(failureOf(error));
    }
  }

  useEffect(() => {
    // A ticket works once; an effect may run twice.
    if (asked.current === ticket) return;
    asked.current = ticket;
    void confirm(false);
  });

  return { state, move: () => void confirm(true) };
}
