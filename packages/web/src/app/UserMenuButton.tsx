import type { ComponentProps } from "react";
import { Avatar } from "../components/Avatar";
import type { Viewer } from "./context";

interface UserMenuButtonProps extends ComponentProps<"button"> {
  viewer: NonNullable<Viewer>;
}

/** What opens the person's own menu. */
export function UserMenuButton({ viewer, ...rest }: UserMenuButtonProps) {
  return (
    <button type="button" className="grid size-11 place-items-center rounded-full" {...rest}>
      <span className="sr-only">Menu of {viewer.displayName}</span>
      <Avatar name={viewer.displayName} seed={viewer.userId} className="size-9 text-sm" />
    </button>
  );
}
