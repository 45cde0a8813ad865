// Reads the values of options of the command line client.
import { Failure } from "./failure.mjs";

/** The exit code of wrong usage. */
export const WRONG_USAGE = 2;

/** @typedef {Record<string, string | boolean | undefined>} Values */

/** @param {Values} values @param {string} name */
export function textOf(values, name) {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

/** @param {string} problem */
export const wrongUsage = (problem) =>
  new Failure(`${problem} Run with --help to see the options.`, WRONG_USAGE);

/**
 * An amount with its unit, as `5 km` or `30 minute`.
 * @param {string | undefined} text @param {string} option @param {string[]} units
 */
export function amountOf(text, option, units) {
  if (text === undefined) return undefined;
  const [, number, unit = ""] = /^([0-9]+(?:\.[0-9]+)?) ?([a-z]+)$/.exec(text) ?? [];
  if (number === undefined || !units.includes(unit)) {
    throw wrongUsage(`--${option} must be a number and ${units.join(", ")}: "5 ${units[0]}".`);
  }
  return { value: Number(number), unit };
}

/** A number given as text. @param {Values} values @param {string} option */
export function numberOf(values, option) {
  const text = textOf(values, option);
  if (text !== undefined && !/^\d+(\.\d+)?$/.test(text)) {
    throw wrongUsage(`--${option} must be a number.`);
  }
  return text === undefined ? undefined : Number(text);
}

/** Which board `--week` or `--category` names. @param {Values} values */
export function boardOf(values) {
  const week = textOf(values, "week");
  const category = textOf(values, "category");
  if (week !== undefined && category !== undefined)
    throw wrongUsage("--week and --category name two boards.");
  if (week !== undefined) return { board: "week", key: week };
  return category === undefined ? {} : { board: "category", key: category };
}

/** Query parameters that are set. @param {Record<string, string | undefined>} values */
export function queryOf(values) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined) query.set(name, value);
  return query.size === 0 ? "" : `?${query}`;
}
