import { parseArgs } from "node:util";
import { Failure } from "./failure.mjs";

/**
 * @typedef {object} Option
 * @property {"string" | "boolean"} type
 * @property {string} help one line for --help
 * @property {string} [value] placeholder of the value in --help
 * @property {string} [default]
 */

/** @param {string} usage @param {Record<string, Option>} options */
export function helpText(usage, options) {
  const rows = Object.entries(options).map(([name, option]) => {
    const left = option.type === "string" ? `--${name} ${option.value ?? "VALUE"}` : `--${name}`;
    const fallback = option.default === undefined ? "" : ` (default ${option.default})`;
    return [left, option.help + fallback];
  });
  rows.push(["--help", "this text"]);
  const width = Math.max(...rows.map(([left]) => String(left).length)) + 2;
  return `${usage}\n\n${rows.map(([left, right]) => `  ${String(left).padEnd(width)}${right}`).join("\n")}`;
}

/**
 * Reads `--name value` options. Refuses unknown ones, positional arguments and missing values by a `Failure`
 * that names the argument. With `--help` prints the help and answers null.
 * @template {Record<string, Option>} O
 * @param {string} usage first line of the help, e.g. "npm start -- [options]"
 * @param {O} options
 * @param {string[]} argv
 * @returns {{[K in keyof O]: O[K]["type"] extends "boolean" ? boolean : O[K] extends {default: string} ? string : string | undefined} | null}
 */
export function readOptions(usage, options, argv) {
  /** @type {Record<string, {type: "string" | "boolean", default?: string}>} */
  const spec = { help: { type: "boolean" } };
  for (const [name, { type, default: fallback }] of Object.entries(options)) {
    spec[name] = fallback === undefined ? { type } : { type, default: fallback };
  }
  try {
    const { values } = parseArgs({ args: argv, options: spec, allowPositionals: false });
    if (values.help === true) {
      console.log(helpText(usage, options));
      return null;
    }
    const booleans = Object.keys(options).filter((name) => options[name]?.type === "boolean");
    const off = Object.fromEntries(booleans.map((name) => [name, false]));
    // parseArgs answers a null-prototype object typed by a spec TypeScript cannot see here.
    return /** @type {any} */ ({ ...off, ...values });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Failure(`${text.split(". ")[0]}. Run with --help to see the options.`);
  }
}

/**
 * A port number given as text; 0 means any free port.
 * @param {string} text @param {string} option name of the option, for the message
 */
export function readPort(text, option) {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) {
    throw new Failure(`--${option} must be a port number from 0 to 65535, not "${text}".`);
  }
  return port;
}
