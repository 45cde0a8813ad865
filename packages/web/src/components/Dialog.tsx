import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import { useState, type ReactNode } from "react";
import { Button } from "./Button";

interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  description: ReactNode;
  children: ReactNode;
}

/** What had the keyboard before a dialog; an item of a menu is gone afterwards, so its menu's button stands in. */
function focusedOpener(): Element | null {
  const focused = document.activeElement;
  const menuButton = focused?.closest("[role=menu]")?.getAttribute("aria-labelledby");
  return menuButton ? document.getElementById(menuButton) : focused;
}

/** A modal dialog: a sheet from below on a phone, a centred card elsewhere. Rendered only while it is wanted. */
export function Dialog({ open, onOpenChange, title, description, children }: DialogProps) {
  // A dialog without a trigger of its own would leave the keyboard at the top of the page when it closes.
  // Asked while it is rendered for the first time: a menu that opens it is gone by the time it is there.
  const [opener] = useState(focusedOpener);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade-in bg-black/45" />
        <Radix.Content
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (opener instanceof HTMLElement) opener.focus();
          }}
          className="fixed inset-x-0 bottom-0 z-50 max-h-[92dvh] animate-float-in overflow-y-auto rounded-t-3xl bg-surface p-5 pb-[max(1.25rem,env(safe-area-inset-bottom))] shadow-float sm:inset-0 sm:m-auto sm:h-fit sm:max-w-lg sm:rounded-3xl sm:p-7"
        >
          <div className="mb-5 flex items-start justify-between gap-4">
            <div className="grid gap-1">
              <Radix.Title className="text-xl font-bold">{title}</Radix.Title>
              <Radix.Description className="text-sm text-ink-soft">{description}</Radix.Description>
            </div>
            <Radix.Close asChild>
              <Button variant="ghost" size="iconSm" aria-label="Close" className="-mt-1 -mr-2">
                <X aria-hidden />
              </Button>
            </Radix.Close>
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
