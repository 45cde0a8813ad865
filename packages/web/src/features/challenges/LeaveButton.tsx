import { api } from "@milepost/backend/api";
import { useNavigate } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { LogOut } from "lucide-react";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { messageOf } from "../../lib/refusals";
import type { Challenge } from "./challengeContext";

/** The way out of a challenge, with what it means. */
export function LeaveButton({ challenge }: { challenge: Challenge }) {
  const leave = useMutation(api.mutations.challenges.leave);
  const navigate = useNavigate();

  async function confirmLeave(): Promise<void> {
    try {
      await leave({ challengeId: challenge.challengeId });
      toast.success(`You left ${challenge.name}.`);
      await navigate({ to: "/" });
    } catch (error) {
      toast.error(messageOf(error));
    }
  }

  return (
    <ConfirmDialog
      trigger={
        <Button variant="ghost" className="justify-self-start">
          <LogOut aria-hidden />
          Leave challenge
        </Button>
      }
      title={`Leave ${challenge.name}?`}
      confirm="Leave challenge"
      onConfirm={() => void confirmLeave()}
    >
      You disappear from the board. Your points and activities are kept, and come back if you join
      again.
    </ConfirmDialog>
  );
}
