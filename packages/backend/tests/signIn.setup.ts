import { vi } from "vitest";
import { api } from "../_generated/api";
import type { TestBackend, TestPerson } from "./backend.setup";

/** How Ada signs in. */
export const ADA = { email: "ada@example.org", password: "analytical engine" };

/** Sets what sign-in needs in the environment. */
export async function stubSignInEnvironment(): Promise<void> {
  vi.stubEnv("JWT_PRIVATE_KEY", await newSigningKey());
  vi.stubEnv("CONVEX_SITE_URL", "http://127.0.0.1:3211");
  vi.stubEnv("AUTH_LOG_LEVEL", "ERROR");
}

/** An RSA key for signing tokens, in PKCS #8 and PEM as the deployment's environment holds it. */
async function newSigningKey(): Promise<string> {
  const algorithm = {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  };
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const bytes = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  const base64 = btoa(String.fromCharCode(...bytes));
  return `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----`;
}

type Params = Record<string, unknown>;

/** Signs Ada up, or somebody else. */
export const signUp = (t: TestBackend, params: Params = {}) =>
  t.action(api.auth.signIn, {
    provider: "password",
    params: { flow: "signUp", name: "Ada", ...ADA, ...params },
  });

/** Signs Ada in, or somebody else. */
export const signIn = (t: TestBackend, params: Params = {}) =>
  t.action(api.auth.signIn, {
    provider: "password",
    params: { flow: "signIn", ...ADA, ...params },
  });

/** The backend as the holder of the tokens a sign-in returned. */
export function asHolder(t: TestBackend, session: Awaited<ReturnType<typeof signUp>>): TestPerson {
  const [, payload = ""] = session.tokens?.token.split(".") ?? [];
  const { sub } = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as {
    sub: string;
  };
  return t.withIdentity({ subject: sub });
}
