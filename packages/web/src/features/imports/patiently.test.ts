import type { Refusal } from "@milepost/backend/errors";
import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { patiently } from "./patiently";

/** A call that is refused with these, one after the other, and then answered. */
function refusedWith(...refusals: Refusal[]): () => Promise<string> {
  return async () => {
    const refusal = refusals.shift();
    if (refusal !== undefined) throw new ConvexError(refusal);
    return "done";
  };
}

describe("a call made patiently", () => {
  it("waits as long as the rate limit asks, as often as it asks", async () => {
    const waits: number[] = [];
    const call = refusedWith(
      { code: "RATE_LIMITED", retryAfterMs: 2000 },
      { code: "RATE_LIMITED", retryAfterMs: 1 },
    );
    const wait = async (ms: number): Promise<void> => void waits.push(ms);
    expect(await patiently(call, wait)).toBe("done");
    expect(waits).toEqual([2000, 1]);
  });

  it("fails at once with any other refusal", async () => {
    const call = refusedWith({ code: "CHALLENGE_FINAL", challengeId: "c1" });
    await expect(patiently(call)).rejects.toBeInstanceOf(ConvexError);
  });
});
