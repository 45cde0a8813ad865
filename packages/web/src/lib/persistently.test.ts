import { ConvexError } from "convex/values";
import { describe, expect, it } from "vitest";
import { persistently } from "./persistently";

/** A simulated failure of the platform, in its words: no deployment this project can start gives up on conflicts. */
const simulatedConflict = () =>
  new Error(
    '[CONVEX M(mutations/activities:log)] Server Error: Documents read from or written to the "standings" table ' +
      "changed while this mutation was being run and on every subsequent retry. Another call to this mutation changed " +
      'the document with ID "1".',
  );

/** A call that fails with these, one after the other, and then answers; it counts its requests by their id. */
function failingWith(...errors: Error[]) {
  const requests: string[] = [];
  const call = (requestId: string) => async () => {
    requests.push(requestId);
    const error = errors.shift();
    if (error !== undefined) throw error;
    return "done";
  };
  return { call, requests };
}

describe("B9 a call made persistently", () => {
  it("is sent again under the same request id when it lost to other writes", async () => {
    const { call, requests } = failingWith(simulatedConflict(), simulatedConflict());
    const waits: number[] = [];
    const wait = async (ms: number): Promise<void> => void waits.push(ms);
    expect(await persistently(call("one"), wait)).toBe("done");
    expect(requests).toEqual(["one", "one", "one"]);
    expect(waits[0]).toBeGreaterThanOrEqual(200);
    expect(waits[1]).toBeGreaterThanOrEqual(400);
    expect(Math.max(...waits)).toBeLessThanOrEqual(800);
  });

  it("gives up after four tries with the platform's error", async () => {
    const { call, requests } = failingWith(...Array.from({ length: 9 }, simulatedConflict));
    await expect(persistently(call("one"), async () => {})).rejects.toThrow(/every subsequent/);
    expect(requests).toHaveLength(4);
  });

  it("fails at once with anything else", async () => {
    const { call, requests } = failingWith(new ConvexError({ code: "CHALLENGE_FINAL" }));
    await expect(persistently(call("one"), async () => {})).rejects.toBeInstanceOf(ConvexError);
    expect(requests).toHaveLength(1);
  });
});
