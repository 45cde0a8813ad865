import { describe, expect, it } from "vitest";
import { parseConfig } from "./config";

describe("the page's configuration", () => {
  it("keeps the deployment's address and whether there are demo people", () => {
    expect(parseConfig({ convexUrl: "http://127.0.0.1:3210", siteUrl: "x", demo: true })).toEqual({
      convexUrl: "http://127.0.0.1:3210",
      demo: true,
    });
    expect(parseConfig({ convexUrl: "http://127.0.0.1:3210", demo: "yes" })?.demo).toBe(false);
  });

  it.each([null, "x", {}, { convexUrl: 3 }, { convexUrl: "not an address" }])(
    "%j names none",
    (value) => {
      expect(parseConfig(value)).toBeNull();
    },
  );
});
