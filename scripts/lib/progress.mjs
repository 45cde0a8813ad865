const WIDTH = 30;

/**
 * How far something has come: one bar that grows where people watch, and a line a step where a file does.
 * @param {Pick<NodeJS.WriteStream, "isTTY" | "write">} stream @param {string} what what is counted
 * @returns {(done: number, all: number) => void}
 */
export function progressOn(stream, what) {
  return (done, all) => {
    const count = `${done} of ${all} ${what}`;
    if (!stream.isTTY) return void stream.write(`${count}\n`);
    const full = all === 0 ? WIDTH : Math.round((WIDTH * done) / all);
    const bar = `[${"#".repeat(full)}${".".repeat(WIDTH - full)}]`;
    stream.write(`\r${bar} ${count}${done === all ? "\n" : ""}`);
  };
}
