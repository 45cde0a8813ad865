import { afterAll, vi } from "vitest";

// The edge runtime puts proxies in front of the constructors its own realm shares with Node's, so that `instanceof` holds for
// values of both. The tests run in Node's realm only, where a proxy makes every `Object.keys` and `instanceof` slow.
const bytes = new TextEncoder().encode("");
globalThis.Object = Object.getPrototypeOf({}).constructor;
globalThis.Array = Object.getPrototypeOf([]).constructor;
globalThis.Uint8Array = Object.getPrototypeOf(bytes).constructor;
globalThis.ArrayBuffer = Object.getPrototypeOf(bytes.buffer).constructor;

// The files of a worker share the loaded modules: none may leave its clock, environment or network to the next.
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});
