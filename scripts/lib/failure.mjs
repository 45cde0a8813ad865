/** An expected failure: its message is all the user needs, a stack trace would only hide it. */
export class Failure extends Error {
  /**
   * @param {string} message plain sentence, shown as it is
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Runs a script's main function and turns its outcome into the exit code: a number it returns, else 0; a
 * `Failure` prints its message alone, anything else its stack trace.
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    if (error instanceof Failure) console.error(error.message);
    else console.error(error);
    process.exitCode = error instanceof Failure ? error.exitCode : 1;
  }
}
