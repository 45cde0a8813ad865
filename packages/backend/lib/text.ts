import type { Checked } from "./errors";
import { accept, invalid } from "./rules/checked";

// Control characters, lone surrogates, line separators and the marks that reorder what is written after them.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
// What Unicode says is drawn as nothing, without what shapes its neighbours: joiners (emoji, Persian) and variants.
const INVISIBLE = /(?![\u200C\u200D\p{Variation_Selector}])\p{Default_Ignorable_Code_Point}/u;
// The empty braille cell is drawn as a blank, but is a symbol.
const BLANKS = /[\p{Zs}\u2800]+/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * Checks a name people will read, and brings it to the form it is stored in: trimmed, with single blanks and in
 * Unicode's NFC, so that two names that look alike compare equal.
 *
 * @param path the argument it came from, named by the refusal
 * @param maxLength in characters (code points)
 * @returns the stored form; INVALID_INPUT when it is empty, too long, invisible, or could disguise other text
 */
export function checkName(text: string, path: string, maxLength: number): Checked<string> {
  const name = text.normalize("NFC").replaceAll(BLANKS, " ").trim();
  if (!VISIBLE.test(name)) return invalid(path, "must not be empty");
  if (characters(name) > maxLength)
    return invalid(path, `must have at most ${maxLength} characters`);
  if (UNPRINTABLE.test(name) || INVISIBLE.test(name)) {
    return invalid(path, "must not contain control characters or invisible ones");
  }
  return accept(name);
}

/**
 * Checks a longer text, which may be empty and may have lines, and brings it to NFC. It identifies nothing, so what is
 * merely invisible may stay; INVALID_INPUT when it is too long or has characters that control or reorder others.
 *
 * @param maxLength in characters (code points)
 */
export function checkText(text: string, path: string, maxLength: number): Checked<string> {
  const value = text.trim().replaceAll("\r\n", "\n").normalize("NFC");
  if (characters(value) > maxLength)
    return invalid(path, `must have at most ${maxLength} characters`);
  if (UNPRINTABLE.test(value.replaceAll(/[\n\t]/g, ""))) {
    return invalid(path, "must not contain control characters");
  }
  return accept(value);
}

/** The length of a text in characters (code points), which is what people count, not in UTF-16 units. */
export function characters(text: string): number {
  return Array.from(text).length;
}

/** The longest e-mail address that can be delivered to (RFC 5321, 4.5.3.1.3). */
const MAX_EMAIL_LENGTH = 254;

/**
 * Checks an e-mail address loosely, since only a delivered message proves one, and brings it to the form accounts are
 * compared in: trimmed and lower-case.
 */
export function checkEmail(text: string, path: string): Checked<string> {
  const email = text.trim().normalize("NFC").toLowerCase();
  const looksDeliverable = /^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/u.test(email);
  const isPlain = !UNPRINTABLE.test(email) && !INVISIBLE.test(email);
  if (!looksDeliverable || !isPlain || email.length > MAX_EMAIL_LENGTH) {
    return invalid(path, "must be an e-mail address");
  }
  return accept(email);
}
