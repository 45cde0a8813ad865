/** The two ways the log is written to stderr. */
import type { Log } from "../types.ts";

/** Lines for people. */
export const plainLog: Log = (message) => console.error(message);

/** One JSON object per line: `time` (ISO 8601), `level`, `message`, and what else is known about it. */
export const jsonLog: Log = (message, { level = "error", ...facts } = {}) => {
  console.error(JSON.stringify({ time: new Date().toISOString(), level, message, ...facts }));
};
