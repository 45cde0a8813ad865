import { DropdownMenu } from "radix-ui";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "../lib/cn";

/** How every item of a menu looks, its icon first. */
export const menuItemClasses =
  "flex min-h-11 cursor-pointer items-center gap-3 rounded-lg px-3 text-[0.9375rem] outline-none data-highlighted:bg-sunken aria-[current=page]:font-bold [&_svg]:size-4.5 [&_svg]:text-ink-soft";

interface MenuProps {
  /** The button that opens it. */
  trigger: ReactNode;
  align?: "start" | "end";
  className?: string;
  /** Open from the start: somebody asked for it before it was there. */
  defaultOpen?: boolean;
  children: ReactNode;
}

/** A menu below (or above) its button; items are `MenuItem`s. */
export function Menu({ trigger, align = "end", className, defaultOpen, children }: MenuProps) {
  return (
    <DropdownMenu.Root {...(defaultOpen === undefined ? {} : { defaultOpen })}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          sideOffset={6}
          collisionPadding={12}
          className={cn(
            "z-50 w-64 animate-float-in rounded-2xl border border-line bg-surface p-2 shadow-float",
            className,
          )}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** One choice of a menu; with `asChild` a link. */
export function MenuItem({ className, ...rest }: ComponentProps<typeof DropdownMenu.Item>) {
  return <DropdownMenu.Item className={cn(menuItemClasses, className)} {...rest} />;
}
