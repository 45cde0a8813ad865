import { useAuthActions } from "@convex-dev/auth/react";
import { api } from "@milepost/backend/api";
import { Link, useNavigate } from "@tanstack/react-router";
import { useMutation, useQuery } from "convex/react";
import { Trash2, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { PointsChoice } from "../../components/PointsChoice";
import { Notice } from "../../components/States";
import { TypedConfirm } from "../../components/TypedConfirm";
import { deletionProblem } from "./deletionWords";

interface Wish {
  points: "keep" | "remove";
}

/** Deletes the account for good, after saying what that means. */
export function DeleteAccount({ name }: { name: string }) {
  const [isAsking, setIsAsking] = useState(false);
  return (
    <Card className="grid gap-4 *:first:mb-0">
      <CardHeader title="Delete my account" />
      <ul className="grid list-disc gap-1.5 pl-5 text-sm text-ink-soft marker:text-line-strong">
        <li>
          At once you are signed out everywhere, your name is gone, and your API keys and your
          connection to Strava end.
        </li>
        <li>What you wrote, and what your activities measured, is removed within minutes.</li>
        <li>You decide whether your points stay on the boards without a name.</li>
        <li>It cannot be taken back.</li>
      </ul>
      <Organised />
      <Button variant="danger" className="justify-self-start" onClick={() => setIsAsking(true)}>
        <Trash2 aria-hidden />
        Delete my account
      </Button>
      {isAsking && <DeleteDialog name={name} onClose={() => setIsAsking(false)} />}
    </Card>
  );
}

/** What becomes of the challenges the person organises. */
function Organised() {
  const challenges = useQuery(api.queries.challenges.mine, {});
  const organised = challenges?.filter(({ role }) => role === "admin") ?? [];
  if (organised.length === 0) return null;
  return (
    <Notice tone="warning" icon={TriangleAlert}>
      <p>
        You organise{" "}
        {organised.map(({ challengeId, name }, index) => (
          <span key={challengeId}>
            {index > 0 && ", "}
            <Link
              to="/c/$challengeId/organise"
              params={{ challengeId }}
              className="font-semibold underline underline-offset-4"
            >
              {name}
            </Link>
          </span>
        ))}
        . A challenge goes on with its other organisers. Where you are the only one, make somebody
        else an organiser first, unless its standings are final.
      </p>
    </Notice>
  );
}

function DeleteDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const { register, getValues } = useForm<Wish>({ defaultValues: { points: "keep" } });
  const challenges = useQuery(api.queries.challenges.mine, {});
  const deleteAccount = useMutation(api.mutations.viewer.deleteAccount);
  const { signOut } = useAuthActions();
  const navigate = useNavigate();

  async function confirm(): Promise<void> {
    await deleteAccount({ points: getValues("points"), confirm: name });
    // The session is gone already; this only makes the browser forget it.
    await signOut();
    await navigate({ to: "/" });
    toast.success("Your account is deleted.", {
      description: "What is left of it is removed within minutes.",
    });
  }

  return (
    <TypedConfirm
      title="Delete your account?"
      description="This cannot be taken back."
      word={name}
      confirm="Delete for good"
      onConfirm={confirm}
      problemOf={(error) => deletionProblem(error, challenges ?? [])}
      onClose={onClose}
    >
      <PointsChoice
        legend="What about your points?"
        keep={{
          label: "Leave my points on the boards",
          hint: "As “Former participant”, without your name, so that nobody else’s rank changes.",
        }}
        remove={{
          label: "Remove my points too",
          hint: "Everything you logged goes, and others move up. In standings that are final your points stay, without your name.",
        }}
        register={register("points")}
      />
    </TypedConfirm>
  );
}
