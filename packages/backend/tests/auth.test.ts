import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import { refusalOf } from "../lib/errors";
import { hashPassword, verifyPassword } from "../lib/passwords";
import { asNewPerson, asUser, refusalFrom, refusedUnchanged, setup } from "./backend.setup";
import type { TestBackend } from "./backend.setup";
import { ADA, asHolder, signIn, signUp, stubSignInEnvironment } from "./signIn.setup";

beforeAll(async () => {
  await stubSignInEnvironment();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-06-10T12:00:00Z") });
});
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe("signing up", () => {
  test("makes a person who is signed in", async () => {
    const t = setup();
    const holder = asHolder(t, await signUp(t, { name: "  Ada Lovelace " }));
    expect(await holder.query(api.queries.viewer.get, {})).toEqual({
      userId: expect.any(String),
      displayName: "Ada Lovelace",
      isPlatformAdmin: false,
      isDemo: false,
    });
  });

  test("stores a salted PBKDF2 hash, never the password", async () => {
    const t = setup();
    await signUp(t);
    await signUp(t, { email: "bob@example.org" });
    const secrets = await t.run(async (ctx) =>
      (await ctx.db.query("authAccounts").take(10)).map((account) => account.secret ?? ""),
    );
    for (const secret of secrets) expect(secret).toMatch(/^pbkdf2-sha512\$210000\$[^$]+\$[^$]+$/);
    expect(new Set(secrets).size).toBe(2);
  });

  test.each([
    ["email", { email: "nobody" }],
    ["email", { email: `${"a".repeat(250)}@example.org` }],
    ["email", { email: 7 }],
    ["password", { password: "seven77" }],
    ["password", { password: "x".repeat(257) }],
    ["password", { password: undefined }],
    ["name", { name: "   " }],
    ["name", { name: "x".repeat(81) }],
    ["name", { name: "a\u202Eb" }],
    ["name", { name: undefined }],
    ["flow", { flow: "reset" }],
  ])("refuses a bad %s: %j", async (path, params) => {
    const t = setup();
    const refusal = await refusedUnchanged(t, "INVALID_INPUT", () => signUp(t, params));
    expect(refusal).toMatchObject({ path });
  });

  test("refuses an address that has an account, even with its password and in another spelling", async () => {
    const t = setup();
    await signUp(t);
    for (const email of [ADA.email, " ADA@Example.org "]) {
      const refusal = await refusedUnchanged(t, "INVALID_INPUT", () => signUp(t, { email }));
      expect(refusal).toMatchObject({ path: "email" });
    }
  });
});

describe("signing in", () => {
  test("finds the account by any spelling of its address, and keeps the chosen name", async () => {
    const t = setup();
    const holder = asHolder(t, await signUp(t));
    await holder.mutation(api.mutations.viewer.update, { displayName: "Countess" });
    const again = asHolder(t, await signIn(t, { email: "Ada@EXAMPLE.org\n" }));
    expect(await again.query(api.queries.viewer.get, {})).toMatchObject({
      displayName: "Countess",
    });
  });

  test("answers a wrong password and an unknown address alike", async () => {
    const t = setup();
    await signUp(t);
    const wrong = await refusalFrom(signIn(t, { password: "difference engine" }));
    const unknown = await refusalFrom(signIn(t, { email: "eve@example.org" }));
    expect(wrong).toMatchObject({ code: "INVALID_INPUT", path: "password" });
    expect(unknown).toEqual(wrong);
  });

  test("accepts the password in either Unicode form", async () => {
    const stored = await hashPassword("caf\u00E9 noir");
    expect(await verifyPassword("cafe\u0301 noir", stored)).toBe(true);
    expect(await verifyPassword("cafe noir", stored)).toBe(false);
    expect(await verifyPassword("", "")).toBe(false);
  });
});

test("of two people who sign up with one address at once, the second is told to sign in", async () => {
  const t = setup();
  const calls = ["analytical engine", "difference engine"].map((secret) =>
    signUp(t, { password: secret }),
  );
  const settled = await Promise.allSettled(calls);
  const refusals = settled.flatMap((call) =>
    call.status === "rejected" ? [refusalOf(call.reason)] : [],
  );
  expect(refusals).toEqual([
    {
      code: "INVALID_INPUT",
      path: "email",
      problem: "this e-mail address has an account: sign in instead",
    },
  ]);
});

describe("guessing a password", () => {
  const flows = { signIn, signUp };

  test.each(["signIn", "signUp"] as const)("by %s is refused the 11th time", async (flow) => {
    const t = setup();
    await signUp(t);
    for (let guess = 1; guess <= 10; guess += 1) {
      const refusal = await refusalFrom(flows[flow](t, { password: `wrong guess ${guess}` }));
      expect(refusal.code).toBe("INVALID_INPUT");
    }
    // By now the right password helps neither way, and the address cannot be respelled.
    for (const call of [signIn, signUp]) {
      const refusal = await refusedUnchanged(t, "RATE_LIMITED", () =>
        call(t, { email: ADA.email.toUpperCase() }),
      );
      expect(refusal).toEqual({ code: "RATE_LIMITED", retryAfterMs: 6 * 60 * 1000 });
    }
  });

  test("counts both flows together, and gives a try back after the time it named", async () => {
    const t = setup();
    await signUp(t);
    for (let pair = 1; pair <= 5; pair += 1) {
      await refusalFrom(signIn(t, { password: "wrong guess" }));
      await refusalFrom(signUp(t, { password: "wrong guess" }));
    }
    const refusal = await refusalFrom(signIn(t));
    expect(refusal).toMatchObject({ code: "RATE_LIMITED" });
    vi.setSystemTime(Date.now() + 6 * 60 * 1000);
    expect(await signIn(t)).toMatchObject({ tokens: { token: expect.any(String) } });
  });

  test("is forgotten by a success, so that nobody locks themselves out", async () => {
    const t = setup();
    await signUp(t);
    for (let round = 1; round <= 2; round += 1) {
      for (let guess = 1; guess <= 9; guess += 1) {
        await refusalFrom(signIn(t, { password: "wrong guess" }));
      }
      expect(await signIn(t)).toMatchObject({ tokens: { token: expect.any(String) } });
    }
  });

  test("does not lock out other people", async () => {
    const t = setup();
    await signUp(t);
    for (let guess = 1; guess <= 11; guess += 1) {
      await refusalFrom(signIn(t, { email: "eve@example.org" }));
    }
    expect(await signIn(t)).toMatchObject({ tokens: { token: expect.any(String) } });
  });
});

describe("resetting a password", () => {
  const reset = (t: TestBackend, newPassword: string, email = ADA.email) =>
    t.mutation(internal.mutations.admin.resetPassword, { email, newPassword });

  test("replaces it and ends every session", async () => {
    const t = setup();
    await signUp(t);
    await reset(t, "difference engine");
    const sessions = await t.run((ctx) => ctx.db.query("authSessions").take(10));
    expect(sessions).toEqual([]);
    expect(await refusalFrom(signIn(t))).toMatchObject({ path: "password" });
    const session = await signIn(t, { password: "difference engine" });
    expect(session).toMatchObject({ tokens: { token: expect.any(String) } });
  });

  test("lets in whoever was locked out by wrong guesses", async () => {
    const t = setup();
    await signUp(t);
    for (let guess = 1; guess <= 10; guess += 1) {
      await refusalFrom(signIn(t, { password: "wrong guess" }));
    }
    expect(await refusalFrom(signIn(t))).toMatchObject({ code: "RATE_LIMITED" });
    await reset(t, "difference engine");
    const session = await signIn(t, { password: "difference engine" });
    expect(session).toMatchObject({ tokens: { token: expect.any(String) } });
  });

  test("gives a first password to a person made without one, whom nobody could sign up as", async () => {
    const t = setup();
    await asNewPerson(t, "Ada", { email: ADA.email });
    expect(await refusalFrom(signIn(t))).toMatchObject({ path: "password" });
    expect(await refusalFrom(signUp(t))).toMatchObject({ path: "email" });
    await reset(t, ADA.password);
    const holder = asHolder(t, await signIn(t));
    expect(await holder.query(api.queries.viewer.get, {})).toMatchObject({ displayName: "Ada" });
  });

  test("refuses a short password and an unknown address", async () => {
    const t = setup();
    await signUp(t);
    const short = await refusedUnchanged(t, "INVALID_INPUT", () => reset(t, "short"));
    expect(short).toMatchObject({ path: "newPassword" });
    await refusedUnchanged(t, "NOT_FOUND", () => reset(t, "long enough", "eve@example.org"));
  });
});

describe("the demo sign-in", () => {
  test("does not exist unless the deployment is a demo", async () => {
    const t = setup();
    const { userId } = await asNewPerson(t, "Demo", { isDemo: true });
    const call = t.action(api.auth.signIn, { provider: "demo", params: { userId } });
    await expect(call).rejects.toThrow("Provider `demo` is not configured");
    expect(await t.query(api.queries.viewer.demoAccounts, {})).toEqual({
      enabled: false,
      accounts: [],
    });
  });

  test("of a demo lets in made-up people only", async () => {
    vi.stubEnv("MILEPOST_DEMO", "1");
    vi.resetModules();
    const t = setup();
    const demo = await asNewPerson(t, "Demo Organiser", { isDemo: true });
    const real = await asNewPerson(t, "Ada");
    const enter = (userId: unknown) =>
      t.action(api.auth.signIn, { provider: "demo", params: { userId } });
    const holder = asHolder(t, await enter(demo.userId));
    expect(await holder.query(api.queries.viewer.get, {})).toMatchObject({ isDemo: true });
    await refusedUnchanged(t, "NOT_FOUND", () => enter(real.userId));
    await refusedUnchanged(t, "NOT_FOUND", () => enter("nobody"));
    await refusedUnchanged(t, "INVALID_INPUT", () => enter(undefined));
    vi.stubEnv("MILEPOST_DEMO", "");
    vi.resetModules();
  });

  test("offers at most five people and says who organises", async () => {
    vi.stubEnv("MILEPOST_DEMO", "1");
    const t = setup();
    await asNewPerson(t, "Ada");
    for (const name of ["A", "B", "C", "D", "E", "F"]) await asNewPerson(t, name, { isDemo: true });
    const { accounts } = await t.query(api.queries.viewer.demoAccounts, {});
    expect(accounts.map(({ displayName }) => displayName)).toEqual(["A", "B", "C", "D", "E"]);
    const [organiser] = accounts;
    if (organiser) {
      await asUser(t, organiser.userId).mutation(api.mutations.challenges.create, {
        name: "Demo",
        startsOn: "2026-06-01",
        endsOn: "2026-06-30",
        timezone: "UTC",
        visibility: "public",
      });
    }
    const notes = (await t.query(api.queries.viewer.demoAccounts, {})).accounts;
    expect(notes.map(({ note }) => note)).toEqual([
      "Organiser of the demo challenge",
      ...Array.from({ length: 4 }, () => "Participant"),
    ]);
    vi.stubEnv("MILEPOST_DEMO", "");
  });
});

test("the keys for checking tokens are served over HTTP", async () => {
  vi.stubEnv("JWKS", '{"keys":[]}');
  const t = setup();
  const configuration = await t.fetch("/.well-known/openid-configuration");
  expect(await configuration.json()).toMatchObject({ issuer: "http://127.0.0.1:3211" });
  expect(await (await t.fetch("/.well-known/jwks.json")).json()).toEqual({ keys: [] });
});
