/** The parts of a key to the HTTP API as it is written: `mp_<keyId>_<secret>_<checksum>`. */
export interface ApiKeyParts {
  /** Public part, which the key is looked up by. */
  keyId: string;
  secret: string;
}

/** What keys are limited to. */
export const API_KEY_LIMITS = {
  /** Characters of a name. */
  name: 60,
  /** Keys of one person in one challenge that are neither revoked nor expired. */
  live: 20,
  /** How far ahead a key may expire. */
  lifeMs: 366 * 24 * 60 * 60 * 1000,
  /** Calls of one key. */
  callsPerMinute: 120,
} as const;

const PREFIX = "mp";
/** Base32 of lib/secrets: 12 characters of public id, 26 of secret (130 bits), then 6 of checksum. */
const WRITTEN = /^mp_([A-Z2-7]{12})_([A-Z2-7]{26})_([0-9A-Za-z]{6})$/;
const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const CHECKSUM_LENGTH = 6;

export const KEY_ID_LENGTH = 12;
/** Characters of a written key; whatever is longer is none. */
export const WRITTEN_KEY_LENGTH = 49;
/** Characters of the secret that its owner is shown again. */
const SHOWN_LENGTH = 4;

/** A key as it is shown once. Underscores let a double click select all of it. */
export function writeApiKey({ keyId, secret }: ApiKeyParts): string {
  const body = `${PREFIX}_${keyId}_${secret}`;
  return `${body}_${checksumOf(body)}`;
}

/** The parts of a written key; null for what is none, so that typing errors and noise never reach the database. */
export function readApiKey(text: string): ApiKeyParts | null {
  if (text.length !== WRITTEN_KEY_LENGTH) return null;
  const [, keyId, secret, checksum] = WRITTEN.exec(text) ?? [];
  if (keyId === undefined || secret === undefined) return null;
  return checksum === checksumOf(`${PREFIX}_${keyId}_${secret}`) ? { keyId, secret } : null;
}

/** The end of a secret, by which its owner tells keys apart. */
export function last4Of(secret: string): string {
  return secret.slice(-SHOWN_LENGTH);
}

/** CRC-32 (ISO 3309, as in zip) of an ASCII text in base62, padded: it finds typing errors and proves nothing. */
function checksumOf(text: string): string {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let digits = "";
  while (digits.length < CHECKSUM_LENGTH) {
    digits = BASE62.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}
