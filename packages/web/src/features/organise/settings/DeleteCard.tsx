import { api } from "@milepost/backend/api";
import { useNavigate } from "@tanstack/react-router";
import { useMutation } from "convex/react";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { Button } from "../../../components/Button";
import { Card, CardHeader } from "../../../components/Card";
import { TypedConfirm } from "../../../components/TypedConfirm";
import { useChallenge } from "../../challenges/challengeContext";

/** Deletes the challenge for good. */
export function DeleteCard() {
  const { challengeId, name } = useChallenge();
  const remove = useMutation(api.mutations.challenges.delete);
  const navigate = useNavigate();
  const [isAsking, setIsAsking] = useState(false);

  async function confirm(): Promise<void> {
    await remove({ challengeId, confirm: name });
    await navigate({ to: "/" });
    toast.success(`${name} is deleted.`, { description: "You are told when everything is gone." });
  }

  return (
    <Card className="grid gap-3 *:first:mb-0">
      <CardHeader title="Delete the challenge" />
      <p className="text-sm text-ink-soft">
        Everything in it goes, for everybody and for good. Once others have logged in it, only an
        administrator of this site can do that.
      </p>
      <Button variant="danger" className="justify-self-start" onClick={() => setIsAsking(true)}>
        <Trash2 aria-hidden />
        Delete challenge
      </Button>
      {isAsking && (
        <TypedConfirm
          title={`Delete ${name}?`}
          description="It is gone for everybody at once. This cannot be taken back."
          word={name}
          confirm="Delete for good"
          onConfirm={confirm}
          onClose={() => setIsAsking(false)}
        >
          <p className="text-sm">
            Activities, points, comments and standings of everyone in it are removed within minutes.
            Export what you want to keep first.
          </p>
        </TypedConfirm>
      )}
    </Card>
  );
}
