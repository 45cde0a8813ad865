/** Sign-in tokens against the deployed auth.config, whose issuer is this deployment's own site port. */
import { beforeAll, describe, expect, test } from "vitest";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from "jose";
import { deploymentOfFile, messages, PATIENT } from "./fixtures/server/perFile.ts";
import { RawClient } from "./fixtures/server/rawClient.ts";

const CUSTOM_ISSUER = "https://custom.test";
const deployment = await deploymentOfFile();
let rsaKey: CryptoKey;
let ecKey: CryptoKey;

beforeAll(async () => {
  const [rsa, ec] = [await generateKeyPair("RS256"), await generateKeyPair("ES256")];
  [rsaKey, ecKey] = [rsa.privateKey, ec.privateKey];
  const keys = [
    { ...(await exportJWK(rsa.publicKey)), kid: "rsa", alg: "RS256", use: "sig" },
    { ...(await exportJWK(ec.publicKey)), kid: "ec", alg: "ES256", use: "sig" },
  ];
  await deployment.server.engine.updateEnvironment([
    { name: "JWKS", value: JSON.stringify({ keys }) },
  ]);
});

interface TokenParts {
  issuer?: string;
  audience?: string | null;
  subject?: string | null;
  lifetimeS?: number | null;
  claims?: JWTPayload;
  header?: { alg: string; kid: string };
  key?: CryptoKey | Uint8Array;
}

/** A token that the OIDC provider of the fixture accepts, but for the parts given. */
async function sign(parts: TokenParts = {}): Promise<string> {
  const { issuer = deployment.server.siteUrl, audience = "convex", subject = "user1" } = parts;
  const { lifetimeS = 60, claims = {}, header = { alg: "RS256", kid: "rsa" } } = parts;
  const token = new SignJWT({ name: "Ann", ...claims }).setProtectedHeader(header);
  token.setIssuedAt().setIssuer(issuer);
  if (audience !== null) token.setAudience(audience);
  if (subject !== null) token.setSubject(subject);
  if (lifetimeS !== null) token.setExpirationTime(Math.floor(Date.now() / 1000) + lifetimeS);
  return await token.sign(parts.key ?? rsaKey);
}

function whoAmI(token: string): Promise<unknown> {
  const client = deployment.http();
  client.setAuth(token);
  return client.query(messages.whoAmI!, {});
}

const custom: TokenParts = {
  issuer: CUSTOM_ISSUER,
  audience: null,
  header: { alg: "ES256", kid: "ec" },
};

describe("over HTTP", () => {
  test("a valid token gives the identity, no token none", async () => {
    expect(await whoAmI(await sign())).toEqual({ subject: "user1", name: "Ann" });
    expect(await deployment.http().query(messages.whoAmI!, {})).toBeNull();
  });

  test("a customJwt provider without applicationID accepts a token without audience", async () => {
    const token = await sign({ ...custom, key: ecKey, subject: "user2" });
    expect(await whoAmI(token)).toEqual({ subject: "user2", name: "Ann" });
  });

  const refused: Array<[what: string, token: () => Promise<string>]> = [
    ["without audience", () => sign({ audience: null })],
    ["with another audience", () => sign({ audience: "somebody-else" })],
    ["of an unknown issuer", () => sign({ issuer: "https://evil.example" })],
    ["without subject", () => sign({ subject: null })],
    ["without expiry", () => sign({ lifetimeS: null })],
    ["that has expired", () => sign({ lifetimeS: -5 })],
    [
      "signed by another key",
      async () => sign({ key: (await generateKeyPair("RS256")).privateKey }),
    ],
    ["with an unknown key id", () => sign({ header: { alg: "RS256", kid: "nobody" } })],
    [
      "of the custom issuer signed with the algorithm of the other",
      () => sign({ ...custom, header: { alg: "RS256", kid: "rsa" } }),
    ],
    [
      "signed symmetrically",
      () => sign({ header: { alg: "HS256", kid: "rsa" }, key: new Uint8Array(32) }),
    ],
    ["with alg none", async () => unsigned(await sign())],
    ["with a changed payload", async () => tampered(await sign())],
    ["that is no token", async () => "abc"],
  ];
  test.each(refused)("F15 a token %s is refused with 401", async (_what, token) => {
    const response = await fetch(`${deployment.server.url}/api/query`, {
      method: "POST",
      headers: { Authorization: `Bearer ${await token()}` },
      body: JSON.stringify({ path: "messages:whoAmI", args: {} }),
    });
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "Unauthenticated" });
  });

  test("HTTP actions know who a token stands for, and take an unknown one for nobody", async () => {
    const subjectOf = async (authorization: string): Promise<string | null> => {
      const response = await fetch(`${deployment.server.siteUrl}/echo`, {
        method: "POST",
        headers: { Authorization: authorization },
      });
      return response.headers.get("X-Subject");
    };
    expect(await subjectOf(`Bearer ${await sign()}`)).toBe("user1");
    expect(await subjectOf("Bearer something-else")).toBe("nobody");
  });

  test("new signing keys count as soon as the environment has them", async () => {
    const { publicKey, privateKey } = await generateKeyPair("RS256");
    const { JWKS } = deployment.server.engine.environmentVariables();
    const token = await sign({ key: privateKey, header: { alg: "RS256", kid: "new" } });
    await expect(whoAmI(token)).rejects.toThrow("Unauthenticated");
    const keys = [{ ...(await exportJWK(publicKey)), kid: "new", alg: "RS256" }];
    await deployment.server.engine.updateEnvironment([
      { name: "JWKS", value: JSON.stringify({ keys }) },
    ]);
    expect(await whoAmI(token)).toMatchObject({ subject: "user1" });
    await deployment.server.engine.updateEnvironment([{ name: "JWKS", value: JWKS }]);
  });
});

describe("over the live connection", () => {
  test("sign-in, sign-out and sign-in as somebody else move the same query", async () => {
    const raw = await RawClient.connect(deployment.server.url, "switching");
    raw.addQuery(1, 0, "messages:whoAmI");
    expect((await raw.next()).modifications).toMatchObject([{ value: null }]);
    const value = await sign();
    raw.send({ type: "Authenticate", tokenType: "User", baseVersion: 0, value });
    expect(await raw.next()).toMatchObject({
      startVersion: { identity: 0 },
      endVersion: { identity: 1, querySet: 1 },
      modifications: [{ queryId: 0, value: { subject: "user1" } }],
    });
    raw.send({ type: "Authenticate", tokenType: "None", baseVersion: 1 });
    expect(await raw.next()).toMatchObject({
      endVersion: { identity: 2 },
      modifications: [{ value: null }],
    });
    const other = await sign({ subject: "user3" });
    raw.send({ type: "Authenticate", tokenType: "User", baseVersion: 2, value: other });
    expect((await raw.next()).modifications).toMatchObject([{ value: { subject: "user3" } }]);
    raw.close();
  });

  test("a refused token ends the connection with an AuthError, as on Convex", async () => {
    const raw = await RawClient.connect(deployment.server.url, "refused");
    const value = await sign();
    raw.send({ type: "Authenticate", tokenType: "User", baseVersion: 0, value });
    await raw.next();
    const expired = await sign({ lifetimeS: -5 });
    raw.send({ type: "Authenticate", tokenType: "User", baseVersion: 1, value: expired });
    raw.addQuery(1, 0, "messages:whoAmI");
    expect(await raw.next()).toMatchObject({
      type: "AuthError",
      baseVersion: 1,
      authUpdateAttempted: true,
    });
    expect(await raw.closed).toBe(1000);
    expect(raw.received.filter(({ type }) => type === "Transition")).toHaveLength(1);
  });

  test("an official client whose tokens are all refused goes on as nobody", async () => {
    const client = deployment.client();
    const changes: boolean[] = [];
    let asked = 0;
    const fetchToken = () => sign(asked++ === 0 ? {} : { lifetimeS: -asked });
    client.setAuth(fetchToken, (signedIn) => void changes.push(signedIn));
    const seen: unknown[] = [];
    client.onUpdate(messages.whoAmI!, {}, (result: unknown) => void seen.push(result));
    await expect.poll(() => seen.at(-1), PATIENT).toBeNull();
    expect(changes).toEqual([true, false]);
    expect(await client.mutation(messages.send!, { body: "by nobody" })).toEqual(
      expect.any(String),
    );
    await deployment.admin().mutation(messages.clear!, {});
  });

  test("nothing runs for a token that expires meanwhile, until there is a new one", async () => {
    const watching = await RawClient.connect(deployment.server.url, "watching");
    const writing = await RawClient.connect(deployment.server.url, "writing");
    const expires = Date.now() + 2000;
    const value = await sign({ lifetimeS: 2 });
    for (const raw of [watching, writing]) {
      raw.send({ type: "Authenticate", tokenType: "User", baseVersion: 0, value });
    }
    watching.addQuery(1, 0, "messages:signed");
    await watching.until("Transition");
    await new Promise((resolve) => setTimeout(resolve, expires - Date.now()));
    await deployment.http().mutation(messages.send!, { body: "touches the query" });
    writing.mutate(0, "messages:send", { body: "too late" });
    for (const raw of [watching, writing]) {
      expect(await raw.until("AuthError")).toMatchObject({ authUpdateAttempted: false });
      expect(await raw.closed).toBe(1000);
    }
    expect(await deployment.http().query(messages.list!, {})).toEqual(["touches the query"]);
    expect(deployment.log.filter((line) => line.includes("signed for user1"))).toHaveLength(1);
  });

  test("the official client gets itself a new token when the old one expires", async () => {
    const client = deployment.client();
    const asked: boolean[] = [];
    let expires = 0;
    // Never refreshed ahead of time, since its life is shorter than the client's margin.
    client.setAuth(async ({ forceRefreshToken }) => {
      asked.push(forceRefreshToken);
      expires = Date.now() + 2000;
      return await sign({ lifetimeS: asked.length < 3 ? 2 : 600 });
    });
    const seen: Array<{ who: string | null; count: number }> = [];
    client.onUpdate(messages.signed!, {}, (result: (typeof seen)[0]) => void seen.push(result));
    const { count } = (await deployment.http().query(messages.signed!, {})) as (typeof seen)[0];
    await expect.poll(() => asked.length, PATIENT).toBe(2);
    await expect.poll(() => seen.length, PATIENT).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, expires - Date.now()));
    const sent = client.mutation(messages.send!, { body: "signed" });
    await deployment.http().mutation(messages.send!, { body: "by somebody" });
    expect(await sent).toEqual(expect.any(String));
    await expect.poll(() => seen.at(-1), PATIENT).toEqual({ who: "user1", count: count + 2 });
    expect(asked).toEqual([false, true, true]);
    expect(seen.map(({ who }) => who)).not.toContain(null);
  });

  test("a page keeps its end when the client gets a new token", async () => {
    await deployment.admin().mutation(messages.clear!, {});
    const http = deployment.http();
    for (const body of ["1", "2", "3"]) await http.mutation(messages.send!, { body });
    const raw = await RawClient.connect(deployment.server.url, "new token");
    raw.addQuery(1, 0, "messages:page", { paginationOpts: { numItems: 2, cursor: null } });
    await raw.until("Transition");
    await http.mutation(messages.removeFirst!, {});
    await raw.until("Transition");
    raw.send({ type: "Authenticate", tokenType: "User", baseVersion: 0, value: await sign() });
    expect(await raw.until("Transition")).toMatchObject({ endVersion: { identity: 1 } });
    await http.mutation(messages.removeFirst!, {});
    expect(await raw.until("Transition")).toMatchObject({
      modifications: [{ value: { page: [], isDone: false } }],
    });
    raw.close();
  });
});

function unsigned(token: string): string {
  const header = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
  return `${header}.${token.split(".")[1]}.`;
}

function tampered(token: string): string {
  const [header, payload, signature] = token.split(".") as [string, string, string];
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as JWTPayload;
  const changed = Buffer.from(JSON.stringify({ ...claims, sub: "root" })).toString("base64url");
  return `${header}.${changed}.${signature}`;
}
