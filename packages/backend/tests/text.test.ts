import { describe, expect, test } from "vitest";
import { checkEmail, checkName, checkText } from "../lib/text";

const nameOf = (text: string) => {
  const checked = checkName(text, "name", 80);
  return checked.ok ? checked.value : null;
};

describe("a name", () => {
  test.each([
    ["trimmed", "  Ada ", "Ada"],
    ["in NFC", "Zoe\u0308", "Zo\u00EB"],
    ["with single blanks", "Ada \u00A0 Lovelace", "Ada Lovelace"],
    ["with single blanks, also where no letter is", "Ada\u2800\u3000Lovelace", "Ada Lovelace"],
  ])("is kept %s", (_, text, kept) => expect(nameOf(text)).toBe(kept));

  test.each([
    ["family emoji", "\u{1F469}\u200D\u{1F467} Ada"],
    ["heart with its colour", "Ada \u2764\uFE0F"],
    ["Persian with a non-joiner", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645"],
    ["Japanese with a variant", "\u845B\u{E0100}\u57CE"],
  ])("may be %s", (_, text) => expect(nameOf(text)).toBe(text));

  const drawnAsNothing =
    "\u200B\u2060\uFEFF\u00AD\u034F\u115F\u1160\u3164\uFFA0\u180E\u2061\u{E0041}\u{E007F}";
  const controlling = "\u202E\u2066\u061C\u0000\n\u2028\uD800";
  test.each(Array.from(drawnAsNothing + controlling))("must not hide %j", (hidden) =>
    expect(nameOf(`Ad${hidden}a`)).toBeNull(),
  );

  test.each(["", "  ", "\u2800", "\u200D", "\u0301"])("must be visible, unlike %j", (text) =>
    expect(nameOf(text)).toBeNull(),
  );
});

test("a longer text may have lines, but not what reorders it", () => {
  const noted = (text: string) => checkText(text, "notes", 80).ok;
  expect(noted("one\n\ttwo \u{1F3F4}\u{E0067}\u{E007F}")).toBe(true);
  expect(noted("one \u202E two")).toBe(false);
  expect(noted("one \u0000 two")).toBe(false);
});

test("an e-mail address has nothing invisible in it", () => {
  expect(checkEmail(" Ada@Example.org ", "email")).toEqual({ ok: true, value: "ada@example.org" });
  expect(checkEmail("ada\u200B@example.org", "email").ok).toBe(false);
  expect(checkEmail("ada\u00AD@example.org", "email").ok).toBe(false);
});
