/** Fails as a mistake of the host would, with a guard for the mistakes of functions. */
import { guardUncaught } from "../src/runtime/uncaught.ts";

guardUncaught(() => {});
setTimeout(() => {
  throw new Error("of the host");
}, 1);
// Otherwise it would go on, and end well.
setTimeout(() => {}, 5000);
