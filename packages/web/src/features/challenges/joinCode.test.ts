import { describe, expect, it } from "vitest";
import { joinCodeOf } from "./joinCode";

describe("a pasted join code", () => {
  it.each([
    ["abc123", "abc123"],
    ["  abc123\n", "abc123"],
    ["https://milepost.example/join/abc123", "abc123"],
    ["http://127.0.0.1:3000/join/abc123?from=mail#top", "abc123"],
    ["", ""],
  ])("%j holds %j", (text, code) => {
    expect(joinCodeOf(text)).toBe(code);
  });
});
