/** The runtime layer of the embedded deployment: everything between the store and the server. */
import { EmbeddedEngine, type EngineOptions } from "./engine.ts";
import type { Engine } from "../types.ts";

export { cronStates } from "./crons.ts";
export type { EngineOptions } from "./engine.ts";
export { JOBS_TABLE } from "./jobs.ts";
export type { Execution } from "./logs.ts";
export { PushError, type PushErrorCode } from "./errors.ts";

/**
 * Starts the engine on a store and takes up what ran before: the active push, the environment, jobs that
 * are due, crons. Close the engine before the store.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const engine = new EmbeddedEngine(options);
  await engine.restore();
  return engine;
}
