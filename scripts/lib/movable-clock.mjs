// Loaded into a deployment before its program, by checks that let days pass: its clock goes on as always, and jumps ahead
// by the milliseconds its parent sends. What waits for a time that is over then is called at once.
const { now } = Date;
const { setTimeout: start, clearTimeout: stop } = globalThis;
let aheadMs = 0;

/** @type {Map<unknown, {at: number, ring: () => void}>} */
const waiting = new Map();

Date.now = () => now() + aheadMs;

/** @param {(...args: unknown[]) => void} callback @param {number} [ms] @param {unknown[]} args */
const startMovable = (callback, ms = 0, ...args) => {
  const ring = () => {
    if (waiting.delete(timer)) callback(...args);
  };
  const timer = start(ring, ms);
  waiting.set(timer, { at: Date.now() + ms, ring });
  return timer;
};
// With what belongs to it: `util.promisify` asks for it.
globalThis.setTimeout = Object.assign(startMovable, start);

globalThis.clearTimeout = (timer) => {
  waiting.delete(timer);
  stop(timer);
};

process.on("message", (ms) => {
  aheadMs += Number(ms);
  for (const [timer, { at, ring }] of waiting) {
    if (at > Date.now()) continue;
    stop(/** @type {NodeJS.Timeout} */ (timer));
    setImmediate(ring);
  }
  process.send?.("moved");
});
