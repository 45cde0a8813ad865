import { Slot } from "radix-ui";
import { Suspense, useState, type ReactElement, type ReactNode } from "react";

interface DeferredMenuProps {
  /** The button of the menu, as it looks while the menu's code is not there. */
  trigger: ReactElement;
  /** Begins to fetch that code. */
  fetch: () => Promise<unknown>;
  /** The menu, with the same button, open from the start. */
  children: ReactNode;
}

/** A menu that is fetched when somebody reaches for it: pages do not wait for the popover machinery. */
export function DeferredMenu({ trigger, fetch, children }: DeferredMenuProps) {
  const [isWanted, setIsWanted] = useState(false);
  const prepare = (): void => void fetch();
  const button = (
    <Slot.Root
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={prepare}
      onFocus={prepare}
      onClick={() => setIsWanted(true)}
    >
      {trigger}
    </Slot.Root>
  );
  return isWanted ? <Suspense fallback={button}>{children}</Suspense> : button;
}
