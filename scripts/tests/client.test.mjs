import { ConvexError } from "convex/values";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { inParallel, patiently, refusalText } from "../lib/client.mjs";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** @param {number} retryAfterMs */
const limited = (retryAfterMs) => new ConvexError({ code: "RATE_LIMITED", retryAfterMs });

describe("a patient call", () => {
  test("waits as long as the rate limit asks, and no longer", async () => {
    const call = vi.fn().mockRejectedValueOnce(limited(1500)).mockResolvedValue("done");
    const answer = patiently(call);
    await vi.advanceTimersByTimeAsync(1499);
    expect(call).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    await expect(answer).resolves.toBe("done");
  });

  test("is repeated when the network failed, but not for ever", async () => {
    const call = vi.fn().mockRejectedValue(new TypeError("fetch failed"));
    const outcome = patiently(call).catch((error) => error);
    await vi.runAllTimersAsync();
    expect(await outcome).toBeInstanceOf(TypeError);
    expect(call).toHaveBeenCalledTimes(4);
  });

  test("passes every other error on at once", async () => {
    const refusal = new ConvexError({ code: "NOT_FOUND", what: "challenge" });
    const call = vi.fn().mockRejectedValue(refusal);
    await expect(patiently(call)).rejects.toBe(refusal);
    expect(call).toHaveBeenCalledTimes(1);
  });
});

describe("parallel work", () => {
  test("keeps its width and answers in order", async () => {
    let [running, widest] = [0, 0];
    const results = inParallel([30, 10, 20, 5], 2, async (ms, index) => {
      widest = Math.max(widest, ++running);
      await new Promise((resolve) => setTimeout(resolve, ms));
      running -= 1;
      return `${index}:${ms}`;
    });
    await vi.runAllTimersAsync();
    await expect(results).resolves.toEqual(["0:30", "1:10", "2:20", "3:5"]);
    expect(widest).toBe(2);
  });

  test("starts nothing more after an error", async () => {
    const work = vi.fn().mockRejectedValue(new Error("no"));
    await expect(inParallel([1, 2, 3, 4, 5], 2, work)).rejects.toThrow("no");
    await vi.runAllTimersAsync();
    expect(work).toHaveBeenCalledTimes(2);
  });
});

test("a refusal is shown with its facts, any other error is none", () => {
  expect(refusalText(limited(5))).toBe("RATE_LIMITED (retryAfterMs: 5)");
  expect(refusalText(new ConvexError({ code: "NOT_SIGNED_IN" }))).toBe("NOT_SIGNED_IN");
  expect(refusalText(new Error("broken"))).toBeNull();
});
