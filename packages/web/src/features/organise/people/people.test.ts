import { describe, expect, test } from "vitest";
import { deedsFor, readPoints, type ListedPerson } from "./people";

const [own, other] = ["own", "other"] as Array<ListedPerson["userId"]> as [
  ListedPerson["userId"],
  ListedPerson["userId"],
];
const challenge = { viewer: { userId: own, role: "admin", status: "active" } } as const;

describe("what can be done about somebody", () => {
  test("depends on whether they take part", () => {
    const person = { userId: other, role: "participant" } as const;
    expect(deedsFor(person, "active", challenge)).toEqual(["adjust", "makeAdmin", "remove", "ban"]);
    expect(deedsFor(person, "left", challenge)).toEqual(["adjust", "ban"]);
    expect(deedsFor(person, "banned", challenge)).toEqual(["adjust", "unban"]);
  });

  test("is not to remove oneself", () => {
    const self = { userId: own, role: "admin" } as const;
    expect(deedsFor(self, "active", challenge)).toEqual(["adjust", "makeParticipant"]);
  });
});

test("points by hand are whole, may be below zero, and are not nothing", () => {
  expect(readPoints("+15")).toEqual({ ok: true, points: 15 });
  expect(readPoints("\u221220")).toEqual({ ok: true, points: -20 });
  for (const text of ["", "0", "2.5", "1000001", "ten"])
    expect(readPoints(text), text).toMatchObject({ ok: false });
});
