import type { Id } from "@milepost/backend/dataModel";
import { describe, expect, test } from "vitest";
import {
  endedNowWords,
  GAME_KINDS,
  gameRules,
  gameState,
  isOpenGame,
  KIND_HINTS,
  kindName,
  resultWords,
  roleName,
  standingWords,
  type Counterpart,
  type Game,
  type GameKind,
  type Line,
  type Result,
  type Settings,
} from "./gameWords";

const SETTINGS: Record<GameKind, Settings> = {
  partnerWeek: { kind: "partnerWeek", sharePercent: 10 },
  huntWeek: { kind: "huntWeek", catchPoints: 75, caughtPoints: 25 },
  prWeek: { kind: "prWeek", recordPoints: 100 },
};

describe("the rules of a game", () => {
  test.each<[GameKind, string]>([
    ["partnerWeek", "10 % of what your partner earned"],
    ["huntWeek", "Your hunter finishes above you: −25 points."],
    ["prWeek", "+100 points"],
  ])("%s says what it pays", (kind, words) => {
    expect(gameRules(SETTINGS[kind]).join(" ")).toContain(words);
  });

  test("every kind has a name and a hint of its own", () => {
    expect(new Set(GAME_KINDS.map(kindName)).size).toBe(GAME_KINDS.length);
    expect(new Set(Object.values(KIND_HINTS)).size).toBe(GAME_KINDS.length);
  });
});

type StateOf = Pick<Game, "status" | "isChanging" | "cancelledBecause" | "failures">;

function state(change: Partial<StateOf>) {
  return gameState({
    status: "draft",
    isChanging: false,
    cancelledBecause: null,
    failures: 0,
    ...change,
  });
}

describe("where a game stands", () => {
  test.each<[Partial<StateOf>, string]>([
    [{ status: "draft" }, "Planned"],
    [{ status: "draft", isChanging: true }, "Starting"],
    [{ status: "active" }, "On now"],
    [{ status: "active", isChanging: true }, "Ending"],
    [{ status: "settling" }, "Counting"],
    [{ status: "completed" }, "Finished"],
    [{ status: "reversing" }, "Taking back"],
    [{ status: "cancelled", cancelledBecause: "asked" }, "Cancelled"],
    [{ status: "cancelled", cancelledBecause: "missed" }, "Cancelled"],
    [{ status: "cancelled", cancelledBecause: "final" }, "Cancelled"],
    [{ status: "cancelled", cancelledBecause: "tooManyPlayers" }, "Cancelled"],
    [{ status: "cancelled", cancelledBecause: "reversed" }, "Taken back"],
  ])("%o is %s", (change, label) => {
    expect(state(change)).toMatchObject({ label });
    expect(state(change).words).toMatch(/\.$/);
  });

  test("every reason of a cancellation has words of its own", () => {
    const reasons = ["asked", "reversed", "missed", "final", "tooManyPlayers"] as const;
    const words = reasons.map((cancelledBecause) =>
      state({ status: "cancelled", cancelledBecause }),
    );
    expect(new Set(words.map((one) => one.words)).size).toBe(reasons.length);
  });

  test("a finished game says that some could not be paid", () => {
    expect(state({ status: "completed", failures: 2 }).words).toContain("could not be given");
  });

  test("planned, played and counted games are open, others are over", () => {
    const open = ["draft", "active", "settling"] as const;
    const over = ["completed", "reversing", "cancelled"] as const;
    expect(open.every((status) => isOpenGame({ status }))).toBe(true);
    expect(over.some((status) => isOpenGame({ status }))).toBe(false);
  });
});

describe("how the viewer stands", () => {
  const own = "me" as Id<"users">;
  const other = "other" as Id<"users">;

  test.each<[Counterpart["role"], boolean | null, string]>([
    ["prey", true, "You are above them now."],
    ["prey", false, "Still above you."],
    ["prey", null, "Not on the board any more: you have caught them."],
    ["hunter", true, "Still below you."],
    ["hunter", false, "They are above you now."],
    ["hunter", null, "Not on the board any more."],
    ["partner", null, "What they earn pays for you, and what you earn for them."],
  ])("%s, behind: %s", (role, isBehind, words) => {
    expect(standingWords({ role, isBehind, userId: other }, own)).toBe(words);
    expect(roleName(role).toLowerCase()).toBe(role);
  });

  test("the one in the middle is their own partner", () => {
    expect(standingWords({ role: "partner", isBehind: false, userId: own }, own)).toContain(
      "your own partner",
    );
  });

  test.each([
    [40, "If it ended now, it would give you 40 points."],
    [1, "If it ended now, it would give you 1 point."],
    [0, "If it ended now, it would give you nothing."],
    [-25, "If it ended now, it would take 25 points from you."],
    [null, "You are not on the board any more, so you would get nothing."],
  ])("%s points if it ended now", (points, words) => {
    expect(endedNowWords(points)).toBe(words);
  });
});

describe("what a player got", () => {
  test.each<[Line["kind"], string]>([
    ["partnerShare", "From the partner"],
    ["caughtPrey", "Finished above the prey"],
    ["caughtByHunter", "Caught by the hunter"],
    ["newRecord", "New best day"],
  ])("%s", (kind, words) => {
    expect(resultWords({ state: "settled", lines: [{ kind, points: 5 }] })).toBe(words);
  });

  test("several lines say what each gave", () => {
    const lines: Line[] = [
      { kind: "caughtPrey", points: 75 },
      { kind: "caughtByHunter", points: -25 },
    ];
    expect(resultWords({ state: "settled", lines })).toBe(
      "Finished above the prey +75, Caught by the hunter −25",
    );
  });

  test.each<[Result["state"], string]>([
    ["measured", "Being worked out"],
    ["settled", "Nothing this time"],
    ["skipped", "Not on the board at the end"],
    ["failed", "Could not be given yet"],
    ["reversed", "Taken back"],
  ])("%s without points", (result, words) => {
    expect(resultWords({ state: result, lines: [] })).toBe(words);
  });
});
