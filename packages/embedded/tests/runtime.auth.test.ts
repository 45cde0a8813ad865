/** Convex Auth as a user of the runtime: keys from the environment, its routes, sign-up and sign-in. */
import { createLocalJWKSet, exportJWK, exportPKCS8, generateKeyPair, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  bundleFixture,
  error,
  SITE_URL,
  TestDeployment,
  value,
} from "./fixtures/runtime/deployFixture.ts";

let deployment: TestDeployment;

beforeAll(async () => {
  deployment = await TestDeployment.start();
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const jwks = { keys: [{ use: "sig", ...(await exportJWK(publicKey)) }] };
  await deployment.engine.updateEnvironment([
    {
      name: "JWT_PRIVATE_KEY",
      value: (await exportPKCS8(privateKey)).trimEnd().replaceAll("\n", " "),
    },
    { name: "JWKS", value: JSON.stringify(jwks) },
    { name: "SITE_URL", value: "http://127.0.0.1:3000" },
  ]);
  await deployment.engine.activatePush(await bundleFixture("auth"));
}, 60_000);

afterAll(() => deployment.dispose());

const get = (path: string) => deployment.engine.runHttpAction(new Request(SITE_URL + path));

const signIn = (flow: "signIn" | "signUp", password: string) =>
  deployment.action("auth:signIn", {
    provider: "password",
    params: { flow, email: "ann@example.org", password },
  });

test("the issuer publishes its configuration and keys", async () => {
  const configuration = await (await get("/.well-known/openid-configuration")).json();
  expect(configuration).toMatchObject({
    issuer: SITE_URL,
    jwks_uri: `${SITE_URL}/.well-known/jwks.json`,
  });
  expect(await (await get("/.well-known/jwks.json")).json()).toMatchObject({
    keys: [{ kty: "RSA" }],
  });
});

test("auth.config follows the environment", () => {
  expect(deployment.engine.authProviders()).toEqual([
    { domain: SITE_URL, applicationID: "convex" },
  ]);
});

test("signing up gives a token that verifies, and the identity leads to the user", async () => {
  const { tokens } = value(await signIn("signUp", "correct horse")) as {
    tokens: { token: string };
  };
  const keys = createLocalJWKSet(await (await get("/.well-known/jwks.json")).json());
  const { payload } = await jwtVerify(tokens.token, keys, { issuer: SITE_URL, audience: "convex" });
  const subject = payload.sub!;
  const identity = { tokenIdentifier: `${SITE_URL}|${subject}`, issuer: SITE_URL, subject };
  expect(value(await deployment.query("users:me", {}, { identity }))).toBe("ann@example.org");
});

test("signing in needs the password", async () => {
  expect(value(await signIn("signIn", "correct horse"))).toHaveProperty("tokens.refreshToken");
  expect(error(await signIn("signIn", "wrong horse"))).toContain("InvalidSecret");
});
