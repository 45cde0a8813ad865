/**
 * The JSON of Convex's own exports: integers are int64, numbers with a point or an exponent are float64, and what
 * JSON has no numbers for stays `{"$float"}` or `{"$bytes"}`. JavaScript's parser cannot tell 1 from 1.0, so the
 * numbers are translated in the text.
 */
import { integerToJson } from "../../codec/json.ts";

const STRING = String.raw`"[^"\\]*(?:\\.[^"\\]*)*"`;
const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const TOKEN = new RegExp(`${STRING}|${NUMBER}`, "g");
const TOKEN_OR_INTEGER = new RegExp(
  String.raw`\{"\$integer":"([A-Za-z0-9+/=]+)"\}|${STRING}|${NUMBER}`,
  "g",
);
const LARGEST = 2n ** 63n - 1n;

/** Convex's internal JSON text, without spaces, as exports write it. */
export function toExportText(text: string): string {
  return text.replace(TOKEN_OR_INTEGER, (token: string, integer: string | undefined) => {
    if (integer !== undefined) return String(Buffer.from(integer, "base64").readBigInt64LE());
    if (token.startsWith('"') || /[.eE]/.test(token)) return token;
    return `${token}.0`;
  });
}

/**
 * The text of an export or of a file of plain JSON as Convex's internal JSON. Refuses numbers that no float64 has.
 * @param isExport in exports integers are int64, elsewhere all numbers are float64
 */
export function fromExportText(text: string, isExport: boolean): string {
  return text.replace(TOKEN, (token) => {
    if (token.startsWith('"')) return token;
    if (isExport && !/[.eE]/.test(token)) {
      const value = BigInt(token);
      if (value <= LARGEST && value >= -LARGEST - 1n) return JSON.stringify(integerToJson(value));
    }
    if (!Number.isFinite(Number(token)))
      throw new RangeError(`the number ${token} is out of range`);
    if (!Object.is(Number(token), -0)) return token;
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(-0);
    return JSON.stringify({ $float: bytes.toString("base64") });
  });
}
