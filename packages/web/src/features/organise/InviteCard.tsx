import { Copy } from "lucide-react";
import { toast } from "sonner";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Input } from "../../components/Field";
import { joinLink } from "../challenges/joinCode";

/** The link that lets people in. */
export function InviteCard({ joinCode }: { joinCode: string }) {
  const link = joinLink(joinCode);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(link);
      toast.success("Join link copied");
    } catch {
      toast.error("The browser did not allow copying. Select the link and copy it by hand.");
    }
  }
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
      </div>
    </Card>
  );
}
