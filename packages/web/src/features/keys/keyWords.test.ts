import type { Id } from "@milepost/backend/dataModel";
import { describe, expect, it } from "vitest";
import { curlSample, expiryOf, keyState, lifeWords, splitKeys, type Key } from "./keyWords";

const NOW = Date.UTC(2026, 5, 15, 12);
const DAY_MS = 86_400_000;

function key(fields: Partial<Key> = {}): Key {
  return {
    apiKeyId: "k1" as Id<"apiKeys">,
    keyId: "ABCDEFGHIJKL",
    last4: "WXYZ",
    name: "Watch",
    scopes: ["read"],
    createdAt: NOW - DAY_MS,
    expiresAt: undefined,
    revokedAt: undefined,
    lastUsedAt: undefined,
    ...fields,
  };
}

describe("a key", () => {
  it("works until it expires or is revoked", () => {
    expect(keyState(key(), NOW)).toBe("live");
    expect(keyState(key({ expiresAt: NOW + 1 }), NOW)).toBe("live");
    expect(keyState(key({ expiresAt: NOW }), NOW)).toBe("expired");
    expect(keyState(key({ expiresAt: NOW - 1, revokedAt: NOW - 5 }), NOW)).toBe("revoked");
  });

  it("says until when it works, or since when not", () => {
    expect(lifeWords(key(), NOW)).toBe("Works until you revoke it");
    expect(lifeWords(key({ expiresAt: NOW + DAY_MS }), NOW)).toMatch(/^Expires .*2026/);
    expect(lifeWords(key({ expiresAt: NOW - DAY_MS }), NOW)).toMatch(/^Expired .*2026/);
    expect(lifeWords(key({ revokedAt: NOW }), NOW)).toMatch(/^Revoked .*2026/);
  });

  it("stands with those that work, or with those that ended", () => {
    const [live, ended] = [key(), key({ revokedAt: NOW })];
    expect(splitKeys([ended, live], NOW)).toEqual({ live: [live], ended: [ended] });
  });

  it("expires so many days from now, or never", () => {
    expect(expiryOf(30, NOW)).toBe(NOW + 30 * DAY_MS);
    expect(expiryOf(null, NOW)).toBeUndefined();
  });
});

it("the sample call names the deployment and the challenge, and no key", () => {
  const sample = curlSample("https://a.example", "c1");
  expect(sample).toContain("https://a.example/api/v1/challenges/c1/leaderboard");
  expect(sample).not.toContain("mp_");
});
