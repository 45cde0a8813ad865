import type { api } from "@milepost/backend/api";
import type { FunctionReturnType } from "convex/server";
import { createContext, use } from "react";
import type { AppConfig } from "../lib/config";

/** The signed-in person; null = nobody. */
export type Viewer = FunctionReturnType<typeof api.queries.viewer.get>;

export const ConfigContext = createContext<AppConfig | null>(null);
export const ViewerContext = createContext<{ viewer: Viewer; today: string } | null>(null);

function present<T>(value: T | null): T {
  if (value === null) throw new Error("A hook of the app was used outside of it.");
  return value;
}

export function useConfig(): AppConfig {
  return present(use(ConfigContext));
}

/** The signed-in person, or null. */
export function useViewer(): Viewer {
  return present(use(ViewerContext)).viewer;
}

/** The person's local day `YYYY-MM-DD`; moves on at midnight. */
export function useToday(): string {
  return present(use(ViewerContext)).today;
}
