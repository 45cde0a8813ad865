import { describe, expect, it } from "vitest";
import { parseDecimal } from "./decimals";

describe("a typed number", () => {
  it.each([
    ["5", 5],
    [" 5.2 ", 5.2],
    ["5,2", 5.2],
    ["0,125", 0.125],
    ["0.125", 0.125],
    [".5", 0.5],
    ["1.234", 1.234],
  ])("%j is %d", (text, value) => {
    expect(parseDecimal(text)).toEqual({ ok: true, value });
  });

  it.each(["", "  ", "-1", "1e5", "NaN", "Infinity", "1.2.3", "1,234", "5 km", ",", "0x10"])(
    "%j is asked back",
    (text) => {
      expect(parseDecimal(text).ok).toBe(false);
    },
  );
});
