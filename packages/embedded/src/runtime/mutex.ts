/** One transaction at a time: tasks run in the order they were handed in. */
export class Mutex {
  #tail: Promise<unknown> = Promise.resolve();

  /** Runs `task` when every earlier one has ended; answers what it answers. */
  run<T>(task: () => T | Promise<T>): Promise<T> {
    const result = this.#tail.then(task);
    this.#tail = result.catch(() => undefined);
    return result;
  }
}
