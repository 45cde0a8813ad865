import { Unplug } from "lucide-react";
import { Button } from "../components/Button";
import { EmptyState } from "../components/States";

/** Shown when the page does not learn where its deployment is: nothing else can work then. */
export function StartupError() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        icon={Unplug}
        title="Milepost cannot find its server"
        level={1}
        action={<Button onClick={() => location.reload()}>Try again</Button>}
      >
        The page loaded, but the address of the server is missing. If this is your own Milepost, see
        whether it is still running.
      </EmptyState>
    </main>
  );
}
