import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { deletionProblem } from "./deletionWords";

const refusal = (challengeId: string) =>
  new ConvexError({ code: "LIMIT_REACHED", limit: "lastAdmin", max: 1, challengeId });

describe("why an account is not deleted", () => {
  it("names the challenge that would have no organiser", () => {
    const words = deletionProblem(refusal("a"), [{ challengeId: "a", name: "Spring" }]);
    expect(words).toContain("the only organiser of “Spring”");
    expect(words).toContain("Nothing was deleted");
  });

  it("speaks of a challenge that is not in the list", () => {
    expect(deletionProblem(refusal("b"), [])).toContain("the only organiser of a challenge");
  });

  it("says every other refusal as everywhere", () => {
    const other = new ConvexError({ code: "NOT_SIGNED_IN" });
    expect(deletionProblem(other, [])).toBe("Sign in first. What you typed is kept.");
  });
});
