import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { last4Of, readApiKey, writeApiKey, WRITTEN_KEY_LENGTH } from "../lib/rules/apiKeys";
import { equalInConstantTime } from "../lib/secrets";

const PARTS = { keyId: "ABCDEFGHIJKL", secret: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" };

describe("a written API key", () => {
  test("is read back, and has one length", () => {
    const text = writeApiKey(PARTS);
    expect(text).toMatch(/^mp_ABCDEFGHIJKL_ABCDEFGHIJKLMNOPQRSTUVWXYZ_[0-9A-Za-z]{6}$/);
    expect(text).toHaveLength(WRITTEN_KEY_LENGTH);
    expect(readApiKey(text)).toEqual(PARTS);
  });

  test("ends in the CRC-32 of the rest, in base62", () => {
    // By zlib: 0x8c25b82d.
    expect(writeApiKey(PARTS).slice(-6)).toBe("2Z7jun");
  });

  test("F10 is none with one character changed, cut off or added", () => {
    const text = writeApiKey(PARTS);
    fc.assert(
      fc.property(
        fc.nat(text.length - 1),
        fc.constantFrom("A", "b", "7", "_", " "),
        (at, other) => {
          fc.pre(text[at] !== other);
          expect(readApiKey(text.slice(0, at) + other + text.slice(at + 1))).toBeNull();
          expect(readApiKey(text.slice(0, at))).toBeNull();
          expect(readApiKey(text.slice(0, at) + other + text.slice(at))).toBeNull();
        },
      ),
    );
  });

  test("shows the last four characters of its secret", () => {
    expect(last4Of(PARTS.secret)).toBe("WXYZ");
  });
});

test("texts are compared to their end", () => {
  expect(equalInConstantTime("abc", "abc")).toBe(true);
  expect(equalInConstantTime("abc", "abd")).toBe(false);
  expect(equalInConstantTime("abc", "xbc")).toBe(false);
  expect(equalInConstantTime("abc", "abcd")).toBe(false);
});
