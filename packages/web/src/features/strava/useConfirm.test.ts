import { ConvexError } from "convex/values";
import { expect, it } from "vitest";
import { failureOf } from "./useConfirm";

const refused = (refusal: object) => failureOf(new ConvexError({ ...refusal }));

it("offers to move an athlete of another account, and nothing else", () => {
  expect(refused({ code: "INVALID_INPUT", path: "move", problem: "x" })).toEqual({ step: "move" });
  const athlete = refused({ code: "INVALID_INPUT", path: "athlete", problem: "x" });
  expect(athlete).toEqual({
    step: "failed",
    problem: expect.stringContaining("Disconnect that one first"),
  });
});

it("tells a ticket that is over from a failure of ours", () => {
  const over = refused({ code: "NOT_FOUND", what: "stravaTicket" });
  expect(over).toEqual({ step: "failed", problem: expect.stringContaining("ten minutes") });
  expect(failureOf(new Error("boom"))).toEqual({
    step: "failed",
    problem: expect.stringContaining("Something went wrong on our side"),
  });
});
