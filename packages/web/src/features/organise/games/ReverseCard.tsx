import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { Undo2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { Field, Input } from "../../../components/Field";
import { TypedConfirm } from "../../../components/TypedConfirm";
import { formatInstant } from "../../../lib/format";
import { messageOf } from "../../../lib/refusals";
import { useNow } from "../../../lib/useNow";
import type { Game } from "../../games/gameWords";
import { reversibleUntil } from "./gameValues";

/** Takes a finished game back while that can be done; nothing when it cannot. */
export function ReverseCard({ game }: { game: Game }) {
  const until = reversibleUntil(game, useNow());
  const [isAsking, setIsAsking] = useState(false);
  const [reason, setReason] = useState("");
  const reverse = useMutation(api.mutations.miniGames.reverse);
  if (until === null) return null;

  async function reverseNow(): Promise<void> {
    await reverse({ gameId: game.gameId, reason });
    toast.success("The points are being taken back");
  }

  return (
    <Card className="grid gap-3 *:first:mb-0">
      <CardHeader title="Take it back" />
      <p className="-mt-2 text-sm text-ink-soft">
        {Number.isFinite(until)
          ? `All its points go from the board. This can be done until ${formatInstant(until)}.`
          : "Some points could not be taken back. You can try those again."}
      </p>
      <Button variant="secondary" className="justify-self-start" onClick={() => setIsAsking(true)}>
        <Undo2 aria-hidden />
        Take the game back
      </Button>
      {isAsking && (
        <TypedConfirm
          title={`Take ${game.name} back?`}
          description="It cannot be played or given again."
          word="reverse"
          confirm="Take the points back"
          onConfirm={reverseNow}
          problemOf={(error) => (reason.trim() === "" ? "Say why." : messageOf(error))}
          onClose={() => setIsAsking(false)}
        >
          <p>
            What everybody got or lost by this game goes, player by player, and the board follows.
            Each sees it in their history.
          </p>
          <Field label="Reason" hint="It is kept with the decision.">
            {(field) => (
              <Input
                {...field}
                maxLength={500}
                value={reason}
                onChange={({ target }) => setReason(target.value)}
              />
            )}
          </Field>
        </TypedConfirm>
      )}
    </Card>
  );
}
