import { api } from "@milepost/backend/api";
import { useNavigate } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { LogOut } from "lucide-react";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { useDo } from "../../lib/useDo";
import type { Challenge } from "./challengeContext";

/** The way out of a challenge, with what it means. */
export function LeaveButton({ challenge }: { challenge: Challenge }) {
  const leave = useMutation(api.mutations.challenges.leave);
  const navigate = useNavigate();
  const { isPending, run } = useDo();

  async function leaveNow(): Promise<void> {
    await leave({ challengeId: challenge.challengeId });
    toast.success(`You left ${challenge.name}.`);
    await navigate({ to: "/" });
  }

  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" className="justify-self-start" pending={isPending}>
          <LogOut aria-hidden />
          Leave challenge
        </Button>
      }
      title={`Leave ${challenge.name}?`}
      confirm="Leave challenge"
      onConfirm={() => run(leaveNow)}
    >
      You disappear from the board. Your points and activities are kept, and come back if you join
      again.
    </ConfirmDialog>
  );
}
