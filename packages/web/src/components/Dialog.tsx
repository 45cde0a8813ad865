import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useRef, useState, type ReactNode } from "react";
import { Button } from "./Button";
import { currentOpener, focusBack, focusFirstField } from "./dialogFocus";

export interface DialogProps {
  title: string;
  description: ReactNode;
  onClose: () => void;
  /** What was asked for is under way: the dialog stays, to say how it ends. */
  isBusy?: boolean;
  children: ReactNode;
}

/** A modal dialog: a sheet from below on a phone, a centred card elsewhere. Rendered only while it is wanted. */
export function Dialog(props: DialogProps) {
  const { title, description, onClose, isBusy = false, children } = props;
  // A dialog without a trigger of its own would leave the keyboard at the top of the page when it closes.
  // Asked while it is rendered for the first time: a menu that opens it is gone by the time it is there.
  const [opener] = useState(currentOpener);
  const body = useRef<HTMLDivElement>(null);

  function enter(event: Event): void {
    // Where nothing is asked, the first button is the one that does no harm.
    const button = body.current?.querySelector<HTMLElement>("button");
    if (body.current && focusFirstField(body.current)) event.preventDefault();
    else if (button) {
      event.preventDefault();
      button.focus();
    }
  }

  return (
    <Radix.Root open onOpenChange={(isOpen) => !isOpen && !isBusy && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-black/45" />
        <Radix.Content
          onOpenAutoFocus={enter}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            focusBack(opener);
          }}
          className="fixed inset-x-0 bottom-0 z-50 max-h-[92dvh] animate-float-in overflow-y-auto rounded-t-3xl bg-surface p-5 pb-[max(1.25rem,env(safe-area-inset-bottom))] shadow-float sm:inset-0 sm:m-auto sm:h-fit sm:max-w-lg sm:rounded-3xl sm:p-7"
        >
          <div className="mb-5 flex items-start justify-between gap-4">
            <div className="grid gap-1">
              <Radix.Title className="text-xl font-bold">{title}</Radix.Title>
              <Radix.Description className="text-sm text-ink-soft">{description}</Radix.Description>
            </div>
            <Radix.Close asChild>
              <Button
                variant="ghost"
                size="iconSm"
                aria-label="Close"
                aria-disabled={isBusy || undefined}
                className="-mt-1 -mr-2"
              >
                <X aria-hidden />
              </Button>
            </Radix.Close>
          </div>
          <div ref={body}>{children}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
