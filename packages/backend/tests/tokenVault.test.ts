import { expect, test } from "vitest";
import { openText, sealText } from "../lib/tokenVault";

const KEY = (byte: number) => btoa(String.fromCharCode(...Array.from({ length: 32 }, () => byte)));
const KEYS = `new:${KEY(1)},old:${KEY(2)}`;

test("what is sealed opens for its owner, and no other", async () => {
  const sealed = await sealText(KEYS, "77", "secret");
  expect(await openText(KEYS, "77", sealed)).toBe("secret");
  await expect(openText(KEYS, "78", sealed)).rejects.toThrow(/operation/i);
  expect(JSON.stringify(sealed)).not.toContain("secret");
  expect((await sealText(KEYS, "77", "secret")).data).not.toBe(sealed.data);
});

test("a new key in front seals, and the old one still opens until it is gone", async () => {
  const before = await sealText(`old:${KEY(2)}`, "77", "secret");
  expect(await openText(KEYS, "77", before)).toBe("secret");
  expect((await sealText(KEYS, "77", "x")).keyId).toBe("new");
  await expect(openText(`new:${KEY(1)}`, "77", before)).rejects.toThrow("token key old");
});

test.each(["", "short:AAAA", KEY(1)])(
  "%j is no key, and the message does not show it",
  async (keys) => {
    await expect(sealText(keys, "77", "x")).rejects.toThrow("STRAVA_TOKEN_KEY must be name:base64");
  },
);
