import { describe, expect, it } from "vitest";
import { draftLike, emptyDraft, isTypedIn, parseDraft, takenUp } from "./draft";

const empty = emptyDraft("2026-03-01").values;

describe("a draft", () => {
  it("comes back from storage as it was, request id included", () => {
    const draft = emptyDraft("2026-03-01", "type1");
    draft.values.amounts.distance_m = { text: "5,2", unit: "foot" };
    draft.values.notes = "by the river";
    expect(parseDraft(JSON.parse(JSON.stringify(draft)), empty)).toEqual(draft);
  });

  it("has a request id of its own each time", () => {
    expect(emptyDraft("2026-03-01").requestId).not.toBe(emptyDraft("2026-03-01").requestId);
  });

  it.each([null, 3, "x", {}, { requestId: "r" }, { requestId: "", values: {} }, { values: {} }])(
    "is none when storage holds %j",
    (stored) => {
      expect(parseDraft(stored, empty)).toBeNull();
    },
  );

  it("replaces parts that make no sense", () => {
    const amounts = {
      distance_m: { text: "5", unit: "parsec" },
      moving_s: { text: 7, unit: "minute" },
      speed: {},
    };
    const draft = parseDraft(
      { requestId: "r", values: { loggedDate: "2026-02-30", amounts } },
      empty,
    );
    expect(draft?.values).toEqual({
      activityTypeId: "",
      variant: "",
      loggedDate: "2026-03-01",
      amounts: empty.amounts,
      notes: "",
      reason: "",
    });
  });

  it("like an activity has its amounts, today as its day and a request id of its own", () => {
    const logged = { activityTypeId: "run", metrics: { moving_s: 1800 }, variant: "long" };
    const { requestId, values } = draftLike(logged, "2026-03-02");
    expect(values).toMatchObject({
      activityTypeId: "run",
      variant: "long",
      loggedDate: "2026-03-02",
      amounts: { moving_s: { text: "30", unit: "minute" } },
      notes: "",
    });
    expect(requestId).not.toBe(draftLike(logged, "2026-03-02").requestId);
  });

  it("taken up on a later day is for that day, unless something was typed for its own", () => {
    const draft = emptyDraft("2026-03-01", "type1");
    const { requestId, values } = takenUp(draft, "2026-03-02");
    expect([requestId, values.activityTypeId]).toEqual([draft.requestId, "type1"]);
    expect(values.loggedDate).toBe("2026-03-02");
    draft.values.amounts.distance_m = { text: "5", unit: "km" };
    expect(takenUp(draft, "2026-03-02").values.loggedDate).toBe("2026-03-01");
  });

  it("is worth asking about once an amount or words are typed, not for a mere choice", () => {
    const draft = emptyDraft("2026-03-01", "type1");
    expect(isTypedIn(draft)).toBe(false);
    draft.values.notes = " ";
    expect(isTypedIn(draft)).toBe(false);
    draft.values.amounts.distance_m = { text: "5", unit: "km" };
    expect(isTypedIn(draft)).toBe(true);
    expect(
      isTypedIn({ ...draft, values: { ...emptyDraft("2026-03-01").values, notes: "x" } }),
    ).toBe(true);
  });
});
