import { Link2, LoaderCircle, TriangleAlert } from "lucide-react";
import { Button } from "../../components/Button";
import { Card, CardHeader } from "../../components/Card";
import { Notice } from "../../components/States";
import { RETURN_WORDS, type StravaReturn } from "./stravaReturn";
import { useConfirm } from "./useConfirm";

interface ReturnCardProps {
  back: StravaReturn;
  /** The connection stands. */
  onConnected: () => void;
  /** The person read what happened. */
  onClose: () => void;
}

/** What came of a visit to Strava. */
export function ReturnCard({ back: { strava, ticket }, onConnected, onClose }: ReturnCardProps) {
  if (strava === undefined) return null;
  if (strava === "confirm")
    return <Confirming ticket={ticket ?? ""} onConnected={onConnected} onClose={onClose} />;
  return <Failed words={RETURN_WORDS[strava]} onClose={onClose} />;
}

function Failed({ words, onClose }: { words: string; onClose: () => void }) {
  return (
    <Notice tone="warning" icon={TriangleAlert} role="alert">
      <p>{words}</p>
      <button type="button" className="mt-1 min-h-6 font-bold underline" onClick={onClose}>
        Understood
      </button>
    </Notice>
  );
}

function Confirming({
  ticket,
  onConnected,
  onClose,
}: Pick<ReturnCardProps, "onConnected" | "onClose"> & { ticket: string }) {
  const { state, move } = useConfirm(ticket, onConnected);
  if (state.step === "failed") return <Failed words={state.problem} onClose={onClose} />;
  if (state.step === "working") {
    return (
      <Notice icon={LoaderCircle}>
        <output>Connecting your Strava account …</output>
      </Notice>
    );
  }
  return (
    <Card className="grid gap-4 *:first:mb-0">
      <CardHeader title="This Strava account counts elsewhere" />
      <p>
        Its activities count for another Milepost account. One Strava account counts for one person,
        so that nothing counts twice.
      </p>
      <p className="text-sm text-ink-soft">
        If that account is yours too, you can move Strava here: the points it gave there are
        removed, and your last two weeks count here. Standings that are final stay as they are.
      </p>
      <div className="flex flex-wrap gap-3">
        <Button onClick={move}>
          <Link2 aria-hidden />
          Move it to this account
        </Button>
        <Button variant="secondary" onClick={onClose}>
          Leave it there
        </Button>
      </div>
    </Card>
  );
}
