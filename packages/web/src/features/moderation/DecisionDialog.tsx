import { useState, type ReactNode } from "react";
import { ReasonDialog } from "../../components/ReasonDialog";
import { newRequestId } from "../../lib/requestId";

/** What a decision is sent with. */
export interface Decided {
  reason: string;
  requestId: string;
}

interface DecisionDialogProps {
  title: string;
  /** What happens to points, and to whom it is told. */
  children: ReactNode;
  /** Who reads the reason. */
  hint: string;
  confirm: string;
  isDanger?: boolean;
  /** Without it the reason is empty. */
  asksWhy?: boolean;
  /** Carries it out; what it throws is said here, and the reason stays. */
  onConfirm: (decided: Decided) => Promise<void>;
  onClose: () => void;
}

/** Says what a decision does, and asks why, before it is made. */
export function DecisionDialog({ children, hint, onConfirm, ...rest }: DecisionDialogProps) {
  const [lastCall, setLastCall] = useState({ reason: "", requestId: newRequestId() });

  async function decide(reason: string): Promise<void> {
    // The same words again are the same wish, should its answer have been lost.
    const call = lastCall.reason === reason ? lastCall : { reason, requestId: newRequestId() };
    setLastCall(call);
    await onConfirm(call);
  }

  return (
    <ReasonDialog {...rest} description={hint} onConfirm={decide}>
      <div className="grid gap-1.5 rounded-xl bg-sunken px-4 py-3 text-[0.9375rem]">{children}</div>
    </ReasonDialog>
  );
}
