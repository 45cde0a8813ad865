import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Dialog";
import { Choice, FieldError } from "../../components/Field";
import { messageOf } from "../../lib/refusals";

type Points = "keep" | "remove";

const CHOICES: Array<{ points: Points; label: string; hint: string }> = [
  {
    points: "keep",
    label: "Keep the points",
    hint: "Your total stays. What Strava told about each activity is erased.",
  },
  {
    points: "remove",
    label: "Remove the points",
    hint: "The activities go with their points. Standings that are final stay as they are.",
  },
];

/** Ends the connection, after the person decided about the points it gave. */
export function DisconnectDialog({ onClose }: { onClose: () => void }) {
  const disconnect = useMutation(api.mutations.strava.disconnect);
  const [points, setPoints] = useState<Points>("keep");
  const [isPending, setIsPending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function confirm(): Promise<void> {
    setIsPending(true);
    setProblem(null);
    try {
      await disconnect({ points });
      onClose();
      toast.success("Strava is disconnected.");
    } catch (error) {
      setProblem(messageOf(error));
      setIsPending(false);
    }
  }

  return (
    <Dialog
      open
      onOpenChange={(isOpen) => !isOpen && onClose()}
      title="Disconnect Strava?"
      description="Nothing comes from Strava any more, and Milepost’s access there ends. You can connect again later."
    >
      <div className="grid gap-5">
        <fieldset className="grid gap-2">
          <legend className="mb-2 text-sm font-semibold">
            What about the points of your Strava activities?
          </legend>
          {CHOICES.map(({ points: wish, label, hint }) => (
            <Choice
              key={wish}
              type="radio"
              name="points"
              label={label}
              hint={hint}
              checked={points === wish}
              onChange={() => setPoints(wish)}
            />
          ))}
        </fieldset>
        {problem !== null && <FieldError>{problem}</FieldError>}
        <div className="flex flex-wrap justify-end gap-3">
          <Button variant="secondary" onClick={onClose}>
            Stay connected
          </Button>
          <Button variant="danger" pending={isPending} onClick={() => void confirm()}>
            Disconnect
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
