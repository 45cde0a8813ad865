import type { Sealed } from "../tables/strava";

/**
 * Seals secrets with AES-256-GCM and keys from the environment. `keys` is `keyId:base64,keyId:base64`: the first key
 * seals, all of them open, so a key is replaced by putting a new one in front and dropping the old one when nothing is
 * sealed with it any more.
 */

const KEY_BYTES = 32;
const IV_BYTES = 12;

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function base64Of(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** Key ids with their base64, in order. Throws a plain error, without the key, for what is no list of keys. */
function readKeys(keys: string): Array<[string, string]> {
  return keys.split(",").map((entry) => {
    const [keyId = "", base64 = ""] = entry.trim().split(":");
    if (!/^\w{1,32}$/.test(keyId) || !/^[A-Za-z0-9+/]{43}=$/.test(base64))
      throw new Error("STRAVA_TOKEN_KEY must be name:base64 of 32 bytes");
    return [keyId, base64];
  });
}

async function importKey(base64: string): Promise<CryptoKey> {
  const raw = bytesOf(base64);
  if (raw.length !== KEY_BYTES) throw new Error(`a token key has ${KEY_BYTES} bytes`);
  return await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/**
 * Seals a text for one owner: sealed text moved to another owner does not open.
 *
 * @param owner authenticated, not stored with it
 */
export async function sealText(keys: string, owner: string, text: string): Promise<Sealed> {
  const [first] = readKeys(keys);
  if (first === undefined) throw new Error("no token key");
  const [keyId, base64] = first;
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const algorithm = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(owner) };
  const key = await importKey(base64);
  const data = await crypto.subtle.encrypt(algorithm, key, new TextEncoder().encode(text));
  return { keyId, iv: base64Of(iv), data: base64Of(new Uint8Array(data)) };
}

/** Opens what was sealed for this owner; throws when its key is gone, or when it was changed or moved. */
export async function openText(keys: string, owner: string, sealed: Sealed): Promise<string> {
  const found = readKeys(keys).find(([keyId]) => keyId === sealed.keyId);
  if (found === undefined) throw new Error(`token key ${sealed.keyId} is not in the environment`);
  const iv = bytesOf(sealed.iv);
  const algorithm = { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(owner) };
  const key = await importKey(found[1]);
  const text = await crypto.subtle.decrypt(algorithm, key, bytesOf(sealed.data));
  return new TextDecoder().decode(text);
}
