import { api } from "@milepost/backend/api";
import { useMutation } from "convex/react";
import { Copy, RefreshCw } from "lucide-react";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { ConfirmDialog } from "../../components/ConfirmDialog";
import { Input } from "../../components/Field";
import { useDo } from "../../lib/useDo";
import { useChallenge } from "../challenges/challengeContext";
import { joinLink } from "../challenges/joinCode";

/** The link that lets people in, and the way to make the old one useless. */
export function InviteCard({ joinCode }: { joinCode: string }) {
  const { challengeId } = useChallenge();
  const renew = useMutation(api.mutations.challenges.renewCode);
  const { isPending, run } = useDo();
  const link = joinLink(joinCode);

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(link);
      toast.success("Join link copied");
    } catch {
      toast.error("The browser did not allow copying. Select the link and copy it by hand.");
    }
  }

  const replace = (): void =>
    run(
      () => renew({ challengeId }),
      "There is a new join link. The old one lets nobody in any more.",
    );

  return (
    <Card>
      <CardHeader title="Invite people" />
      <p className="mb-3 text-sm text-ink-soft">
        Whoever has this link can join. Only organisers see it.
      </p>
      <div className="flex flex-wrap gap-3">
        <Input
          readOnly
          value={link}
          aria-label="Join link"
          className="flex-1 basis-60 font-mono text-sm"
          onFocus={(event) => event.target.select()}
        />
        <Button variant="secondary" onClick={() => void copy()}>
          <Copy aria-hidden />
          Copy link
        </Button>
        <ConfirmDialog
          trigger={
            <Button variant="ghost" pending={isPending}>
              <RefreshCw aria-hidden />
              New link
            </Button>
          }
          title="Make a new join link?"
          confirm="Make a new link"
          onConfirm={replace}
        >
          The link you have shared so far lets nobody in any more. People who are in stay.
        </ConfirmDialog>
      </div>
    </Card>
  );
}
