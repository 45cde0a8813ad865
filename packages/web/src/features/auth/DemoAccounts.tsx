import { useAuthActions } from "@convex-dev/auth/react";
import { api } from "@milepost/backend/api";
import { useQuery } from "convex/react";
import { ChevronRight, LoaderCircle } from "lucide-react";
import { useState } from "react";
import { Avatar } from "../../components/Avatar";
import { useDo } from "../../lib/useDo";

/** Made-up people to look around as, one press each; nothing where the deployment has none. */
export function DemoAccounts() {
  const demo = useQuery(api.queries.viewer.demoAccounts, {});
  const { signIn } = useAuthActions();
  const { isPending, run } = useDo();
  const [chosen, setChosen] = useState<string | null>(null);
  if (demo === undefined || !demo.enabled || demo.accounts.length === 0) return null;

  function enterAs(userId: string): void {
    setChosen(userId);
    run(() => signIn("demo", { userId }));
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
              disabled={isPending}
              onClick={() => enterAs(userId)}
            >
              <Avatar name={displayName} seed={userId} />
              <span className="grid min-w-0 flex-1">
                <span className="font-semibold">{displayName}</span>
                <span className="text-sm text-ink-soft">{note}</span>
              </span>
              {isPending && chosen === userId ? (
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
