import { useAuthActions } from "@convex-dev/auth/react";
import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { ChevronRight, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { Avatar } from "../../components/Avatar";
import { messageOf } from "../../lib/refusals";

/** Made-up people to look around as, one press each; nothing where the deployment has none. */
export function DemoAccounts() {
  const demo = useQuery(api.queries.viewer.demoAccounts, {});
  const { signIn } = useAuthActions();
  const [pendingId, setPendingId] = useState<string | null>(null);
  if (demo === undefined || !demo.enabled || demo.accounts.length === 0) return null;

  async function enterAs(userId: string): Promise<void> {
    setPendingId(userId);
    try {
      await signIn("demo", { userId });
    } catch (error) {
      toast.error(messageOf(error));
    } finally {
      setPendingId(null);
    }
  }

  return (
    <section aria-labelledby="demo-title" className="grid gap-3">
      <div>
        <h2 id="demo-title" className="font-bold">
          Look around as a demo person
        </h2>
        <p className="text-sm text-ink-soft">
          Made-up people in a made-up challenge. One press signs you in.
        </p>
      </div>
      <ul className="grid gap-2">
        {demo.accounts.map(({ userId, displayName, note }) => (
          <li key={userId}>
            <button
              type="button"
              className="flex min-h-14 w-full items-center gap-3 rounded-xl border border-line bg-surface px-4 py-2 text-left shadow-card transition-colors hover:bg-sunken"
              disabled={pendingId !== null}
              onClick={() => void enterAs(userId)}
            >
              <Avatar name={displayName} seed={userId} />
              <span className="grid min-w-0 flex-1">
                <span className="font-semibold">{displayName}</span>
                <span className="text-sm text-ink-soft">{note}</span>
              </span>
              {pendingId === userId ? (
                <LoaderCircle className="size-5 animate-spin text-ink-soft" aria-hidden />
              ) : (
                <ChevronRight className="size-5 text-ink-soft" aria-hidden />
              )}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
