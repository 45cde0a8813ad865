import type { Checked } from "./errors";
import { accept, invalid } from "./rules/checked";

// Control characters, lone surrogates, line separators and the marks that reorder what is written after them.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/**
 * Checks a name people will read, and brings it to the form it is stored in: trimmed and in Unicode's NFC, so that
 * two names that look alike compare equal.
 *
 * @param path the argument it came from, named by the refusal
 * @param maxLength in characters (code points)
 * @returns the stored form; INVALID_INPUT when it is empty, too long, invisible, or could disguise other text
 */
export function checkName(text: string, path: string, maxLength: number): Checked<string> {
  const name = text.trim().normalize("NFC");
  if (!VISIBLE.test(name)) return invalid(path, "must not be empty");
  if (characters(name) > maxLength)
    return invalid(path, `must have at most ${maxLength} characters`);
  if (UNPRINTABLE.test(name)) return invalid(path, "must not contain control characters");
  return accept(name);
}

/**
 * Checks a longer text, which may be empty and may have lines: like `checkName` otherwise.
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
  if (!looksDeliverable || email.length > MAX_EMAIL_LENGTH || UNPRINTABLE.test(email)) {
    return invalid(path, "must be an e-mail address");
  }
  return accept(email);
}
