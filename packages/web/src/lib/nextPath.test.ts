import { describe, expect, it } from "vitest";
import { nextOf } from "./nextPath";

describe("the way back after signing in", () => {
  it.each([
    "/",
    "/c/abc/log",
    "/join/x?y=1",
    "/settings/strava?strava=confirm&ticket=a%2Fb",
    "/c/abc/log?again=k57#notes",
    "/c/abc?near=https://elsewhere.example",
  ])("keeps the own path %s", (path) => {
    expect(nextOf(path)).toBe(path);
  });

  it.each([
    "https://elsewhere.example",
    "//elsewhere.example",
    "/\\elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "/.//elsewhere.example",
    "/c/..//elsewhere.example",
    "///elsewhere.example",
    "//here.invalid//elsewhere.example",
    " //elsewhere.example",
    "javascript:alert(1)",
    "",
  ])("never follows %s", (text) => {
    expect(nextOf(text)).toBe("/");
  });
});
