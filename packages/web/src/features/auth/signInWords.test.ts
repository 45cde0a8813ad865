import { expect, test } from "vitest";
import { signInWords } from "./signInWords";

test("a broken connection is never taken for a wrong password", () => {
  expect(signInWords(new Error("Connection lost while action was in flight"), "signIn")).toMatch(
    /connection broke/,
  );
  expect(signInWords(new Error("Server Error"), "signIn")).toMatch(/do not match/);
});
