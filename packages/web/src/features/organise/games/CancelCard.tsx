import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { Ban } from "lucide-react";
import { Button } from "../../../components/Button";
import { ConfirmDialog } from "../../../components/ConfirmDialog";
import type { Game } from "../../games/gameWords";
import { useDo } from "../../../lib/useDo";

/** Calls a game off before it is through. */
export function CancelCard({ game: { gameId, name, status } }: { game: Game }) {
  const cancel = useMutation(api.mutations.miniGames.cancel);
  const { isPending, run } = useDo();
  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" className="justify-self-start" pending={isPending}>
          <Ban aria-hidden />
          Call this game off
        </Button>
      }
      title={`Call ${name} off?`}
      confirm="Call it off"
      onConfirm={() => run(() => cancel({ gameId }), `${name} is called off`)}
    >
      {status === "settling"
        ? "What it has given so far is taken back, player by player. It cannot be started again."
        : "It gives no points and cannot be started again. Activities keep what they earned."}
    </ConfirmDialog>
  );
}
