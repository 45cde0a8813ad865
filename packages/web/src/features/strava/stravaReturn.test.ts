import { describe, expect, it } from "vitest";
import { readStravaReturn } from "./stravaReturn";

describe("a return from Strava", () => {
  it("keeps the result, and the ticket of a confirmation", () => {
    expect(readStravaReturn({ strava: "confirm", ticket: "AB12" })).toEqual({
      strava: "confirm",
      ticket: "AB12",
    });
    expect(readStravaReturn({ strava: "denied", ticket: "AB12" })).toEqual({ strava: "denied" });
  });

  it("has failed when a confirmation lost its ticket", () => {
    expect(readStravaReturn({ strava: "confirm" })).toEqual({ strava: "failed" });
  });

  it.each([{}, { strava: "hello" }, { ticket: "AB12" }])("is none in %j", (search) => {
    expect(readStravaReturn(search)).toEqual({});
  });
});
