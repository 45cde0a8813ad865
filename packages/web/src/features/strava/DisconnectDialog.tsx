import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { FormDialog } from "../../components/FormDialog";
import { PointsChoice } from "../../components/PointsChoice";

interface Wish {
  points: "keep" | "remove";
}

/** Ends the connection, after the person decided about the points it gave. */
export function DisconnectDialog({ onClose }: { onClose: () => void }) {
  const disconnect = useMutation(api.mutations.strava.disconnect);
  const form = useForm<Wish>({ defaultValues: { points: "keep" } });

  async function end({ points }: Wish): Promise<void> {
    await disconnect({ points });
    toast.success("Strava is disconnected.");
  }

  return (
    <FormDialog
      form={form}
      title="Disconnect Strava?"
      description="Nothing comes from Strava any more, and Milepost’s access there ends. You can connect again later."
      confirm="Disconnect"
      cancel="Stay connected"
      isDanger
      onConfirm={end}
      onClose={onClose}
    >
      <PointsChoice
        legend="What about the points of your Strava activities?"
        keep={{
          label: "Keep the points",
          hint: "Your total stays. What Strava told about each activity is erased.",
        }}
        remove={{
          label: "Remove the points",
          hint: "The activities go with their points. Standings that are final stay as they are.",
        }}
        register={form.register("points")}
      />
    </FormDialog>
  );
}
