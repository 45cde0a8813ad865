/** The names that functions see, and where each comes from. */

/** Taken from the realm itself, so that literals and classes of a module share their prototypes. */
const LANGUAGE = [
  "Object",
  "Function",
  "Array",
  "String",
  "Number",
  "Boolean",
  "Symbol",
  "BigInt",
  "Math",
  "JSON",
  "Reflect",
  "Proxy",
  "Promise",
  "RegExp",
  "Date",
  "Map",
  "Set",
  "WeakMap",
  "WeakSet",
  "WeakRef",
  "FinalizationRegistry",
  "Intl",
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
  "parseInt",
  "parseFloat",
  "isNaN",
  "isFinite",
  "encodeURIComponent",
  "decodeURIComponent",
  "encodeURI",
  "decodeURI",
  "globalThis",
  "self",
] as const;

/**
 * Binary data comes from the host: `crypto`, `TextEncoder` and `Response` hand out the host's
 * buffers, and `convexToJson` asks `instanceof ArrayBuffer`.
 */
const BINARY = {
  ArrayBuffer,
  SharedArrayBuffer,
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
};

/** Their promises are the host's, and nobody counts which of them a function waits for. */
export const ASYNC_CLASSES = {
  Blob,
  File,
  Request,
  Response,
  ReadableStream,
  WritableStream,
  TransformStream,
  TextEncoderStream,
  TextDecoderStream,
  CompressionStream,
  DecompressionStream,
};

const WEB = {
  ...ASYNC_CLASSES,
  TextEncoder,
  TextDecoder,
  URL,
  URLSearchParams,
  Headers,
  FormData,
  AbortController,
  AbortSignal,
  Event,
  EventTarget,
  DOMException,
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  Crypto,
  CryptoKey,
  SubtleCrypto,
  atob,
  btoa,
  structuredClone,
};

/** The same host objects for every realm. */
export const SHARED_GLOBALS: Readonly<Record<string, unknown>> = { ...BINARY, ...WEB };

/** Calls that a query or a mutation may not make. */
export const ACTIONS_ONLY = [
  "fetch",
  "setTimeout",
  "clearTimeout",
  "setInterval",
  "clearInterval",
] as const;

/** Made for each realm: they know which function is running. */
const PER_REALM = [
  "Convex",
  "console",
  "process",
  "crypto",
  "performance",
  "queueMicrotask",
  ...ACTIONS_ONLY,
] as const;

export type RealmGlobal = (typeof PER_REALM)[number];

/** The parameters of every module, in order. */
export const GLOBAL_NAMES: readonly string[] = [
  ...LANGUAGE,
  ...Object.keys(SHARED_GLOBALS),
  ...PER_REALM,
];

/** What a fresh context keeps beside them: the constants cannot be deleted, and `eval` refuses by itself. */
const KEPT = ["undefined", "NaN", "Infinity", "eval"];

/**
 * Everything else in a fresh context is deleted. Every new Node brings more (`Iterator`, `Temporal`, which reads the
 * machine's clock): functions find the same names on all of them.
 */
export const ALLOWED_GLOBALS: ReadonlySet<string> = new Set([...GLOBAL_NAMES, ...KEPT]);

/** Why `name` does not work in a query or a mutation, and what does. */
export function actionsOnly(name: string): string {
  return (
    `Can't use ${name}() in queries and mutations. Please consider using an action: ` +
    "a mutation can start one with `ctx.scheduler.runAfter(0, ...)`. " +
    "See https://docs.convex.dev/functions/actions for more details."
  );
}
