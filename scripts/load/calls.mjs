// Calls between a process and its child, over the channel of `fork`.

/** @typedef {{id: number, name: string, args: unknown}} Call */
/** @typedef {{id: number, value?: unknown, error?: string}} Answer */

/**
 * Calls the handlers of a child. A handler that throws, and a child that ends, reject the calls they leave open.
 * @template {Record<string, (args: never) => unknown>} H
 * @param {import("node:child_process").ChildProcess} child
 * @returns {<N extends keyof H & string>(name: N, args: Parameters<H[N]>[0]) => Promise<Awaited<ReturnType<H[N]>>>}
 */
export function callsOf(child) {
  /** @type {Map<number, {resolve: (value: unknown) => void, reject: (error: Error) => void}>} */
  const open = new Map();
  let count = 0;
  child.on("message", (message) => {
    const { id, value, error } = /** @type {Answer} */ (message);
    const call = open.get(id);
    open.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  });
  child.on("exit", (code, signal) => {
    const error = new Error(`A process of the crowd ended (${signal ?? `exit ${code}`}).`);
    for (const { reject } of open.values()) reject(error);
  });
  return (name, args) =>
    new Promise((resolve, reject) => {
      const id = ++count;
      open.set(id, { resolve: /** @type {(value: unknown) => void} */ (resolve), reject });
      child.send({ id, name, args }, (error) => {
        if (error === null) return;
        open.delete(id);
        reject(error);
      });
    });
}

/**
 * Answers the calls of the parent process with these handlers.
 * @param {Record<string, (args: never) => unknown>} handlers
 */
export function answerCalls(handlers) {
  /** @param {Call} call @returns {Promise<Answer>} */
  const answer = async ({ id, name, args }) => {
    try {
      return { id, value: await handlers[name]?.(/** @type {never} */ (args)) };
    } catch (error) {
      return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on("message", (/** @type {Call} */ call) => {
    void answer(call).then((answered) => process.send?.(answered));
  });
}
