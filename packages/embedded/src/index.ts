/** A Convex deployment in one Node process; `bin/milepost-embedded.mjs` runs it as a command. */
export { startServer, type RunningServer, type ServerOptions } from "./server/start.ts";
export { StartError } from "./server/listen.ts";
