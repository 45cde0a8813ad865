/** What the connections of the sync protocol need of the server. */
import type { Engine } from "../../types.ts";
import type { Gate } from "../auth/caller.ts";
import type { TokenVerifier } from "../auth/verifier.ts";
import type { SystemQueries } from "../systemQueries.ts";
import type { LiveQueries } from "./liveQueries.ts";

export interface SyncServices {
  engine: Engine;
  live: LiveQueries;
  system: SystemQueries;
  gate: Gate;
  verifier: TokenVerifier;
  log: (line: string) => void;
}
