import { makeFunctionReference } from "convex/server";
import { v } from "convex/values";
import { describe, expect, test } from "vitest";
import { api, internal } from "../_generated/api";
import { needMemberView } from "../lib/access";
import {
  challengeAdminMutation,
  participantMutation,
  platformAdminMutation,
  publicQuery,
  viewerMutation,
  viewerQuery,
} from "../lib/functions";
import { openTable } from "../lib/tableOwners";
import { internalMutation } from "../lib/functions";
import {
  asNewPerson,
  asUser,
  newChallenge,
  refusalFrom,
  refusedUnchanged,
  setup,
  type TestBackend,
} from "./backend.setup";

const doors = {
  query: viewerQuery({
    args: {},
    returns: v.string(),
    handler: async (ctx) => ctx.person.displayName,
  }),
  viewer: viewerMutation({
    args: {},
    returns: v.string(),
    handler: async (ctx) => ctx.person.displayName,
  }),
  participant: participantMutation({
    args: {},
    returns: v.string(),
    handler: async (ctx) => `${ctx.participation.role} of ${ctx.challenge.name}`,
  }),
  admin: challengeAdminMutation({
    args: {},
    returns: v.string(),
    handler: async (ctx) => `${ctx.admin.kind} of ${ctx.challenge.name}`,
  }),
  platform: platformAdminMutation({
    args: {},
    returns: v.string(),
    handler: async (ctx) => ctx.person.displayName,
  }),
  /** The shared view of a challenge, and how often it asked who is calling. */
  view: publicQuery({
    args: { challengeId: v.id("challenges"), viewKey: v.optional(v.string()) },
    returns: v.object({ name: v.string(), identityReads: v.number() }),
    handler: async (ctx, { challengeId, viewKey }) => {
      let identityReads = 0;
      const auth = {
        getUserIdentity: () => {
          identityReads += 1;
          return ctx.auth.getUserIdentity();
        },
      };
      const challenge = await needMemberView({ ...ctx, auth }, challengeId, viewKey);
      return { name: challenge.name, identityReads };
    },
  }),
  erase: internalMutation({
    args: { userId: v.id("users") },
    returns: v.null(),
    handler: async (ctx, { userId }) => {
      const people = await ctx.db.query("people").take(10);
      const person = people.find((row) => row.userId === userId);
      if (person) await openTable(ctx, "people").patch(person._id, { erasedAt: 1 });
      return null;
    },
  }),
};

const mutation = (name: keyof typeof doors) => makeFunctionReference<"mutation">(`doors:${name}`);
const query = (name: keyof typeof doors) => makeFunctionReference<"query">(`doors:${name}`);

async function start(visibility: "public" | "private" = "public") {
  const t = setup({ "../doors.ts": async () => doors });
  const admin = await asNewPerson(t, "Admin");
  const member = await asNewPerson(t, "Member");
  const outsider = await asNewPerson(t, "Outsider");
  const { challengeId, joinCode } = await newChallenge(admin.as, { visibility });
  await member.as.mutation(api.mutations.challenges.join, { joinCode });
  return { t, admin, member, outsider, challengeId };
}

async function makePlatformAdmin(t: TestBackend) {
  const email = "root@example.org";
  const root = await asNewPerson(t, "Root", { email });
  await t.mutation(internal.mutations.admin.makePlatformAdmin, { email });
  return root;
}

describe("a viewer's door", () => {
  test("knows the person who calls", async () => {
    const { member } = await start();
    expect(await member.as.mutation(mutation("viewer"), {})).toBe("Member");
    expect(await member.as.query(query("query"), {})).toBe("Member");
  });

  test("refuses NOT_SIGNED_IN to a stranger, before it looks at anything else", async () => {
    const { t, challengeId } = await start("private");
    for (const name of ["viewer", "platform"] as const) {
      await refusedUnchanged(t, "NOT_SIGNED_IN", () => t.mutation(mutation(name), {}));
    }
    for (const name of ["participant", "admin"] as const) {
      await refusedUnchanged(t, "NOT_SIGNED_IN", () => t.mutation(mutation(name), { challengeId }));
    }
    expect(await refusalFrom(t.query(query("query"), {}))).toEqual({ code: "NOT_SIGNED_IN" });
  });

  test("refuses NOT_SIGNED_IN to an erased person at once, and to a subject that is no user", async () => {
    const { t, member } = await start();
    await t.mutation(mutation("erase"), { userId: member.userId });
    await refusedUnchanged(t, "NOT_SIGNED_IN", () => member.as.mutation(mutation("viewer"), {}));
    const nobody = t.withIdentity({ subject: "somebody-else" });
    await refusedUnchanged(t, "NOT_SIGNED_IN", () => nobody.mutation(mutation("viewer"), {}));
  });
});

describe("a participant's door", () => {
  test("opens for participants and admins", async () => {
    const { admin, member, challengeId } = await start();
    const call = { challengeId };
    expect(await member.as.mutation(mutation("participant"), call)).toBe("participant of Summer");
    expect(await admin.as.mutation(mutation("participant"), call)).toBe("admin of Summer");
  });

  test("refuses NOT_PARTICIPANT to outsiders of a public challenge", async () => {
    const { t, outsider, challengeId } = await start();
    const call = () => outsider.as.mutation(mutation("participant"), { challengeId });
    expect(await refusedUnchanged(t, "NOT_PARTICIPANT", call)).toEqual({
      code: "NOT_PARTICIPANT",
      challengeId,
    });
  });

  test("refuses NOT_PARTICIPANT to somebody who left", async () => {
    const { t, member, challengeId } = await start();
    await member.as.mutation(api.mutations.challenges.leave, { challengeId });
    await refusedUnchanged(t, "NOT_PARTICIPANT", () =>
      member.as.mutation(mutation("participant"), { challengeId }),
    );
  });

  test("refuses a private challenge to outsiders with the answer for a missing one", async () => {
    const hidden = await start("private");
    const { t, outsider, challengeId } = hidden;
    const answers = await Promise.all(
      (["participant", "admin"] as const).map((name) =>
        refusedUnchanged(t, "NOT_FOUND", () =>
          outsider.as.mutation(mutation(name), { challengeId }),
        ),
      ),
    );
    await deleteChallenge(t, challengeId);
    const missing = await refusedUnchanged(t, "NOT_FOUND", () =>
      outsider.as.mutation(mutation("participant"), { challengeId }),
    );
    expect(answers).toEqual([missing, missing]);
  });
});

describe("an admin's door", () => {
  test("opens for the challenge's admin and for platform admins, and knows which", async () => {
    const { t, admin, challengeId } = await start("private");
    const root = await makePlatformAdmin(t);
    const call = { challengeId };
    expect(await admin.as.mutation(mutation("admin"), call)).toBe("challengeAdmin of Summer");
    expect(await root.as.mutation(mutation("admin"), call)).toBe("platformAdmin of Summer");
  });

  test("refuses NOT_CHALLENGE_ADMIN to participants", async () => {
    const { t, member, challengeId } = await start();
    const call = () => member.as.mutation(mutation("admin"), { challengeId });
    expect(await refusedUnchanged(t, "NOT_CHALLENGE_ADMIN", call)).toEqual({
      code: "NOT_CHALLENGE_ADMIN",
      challengeId,
    });
  });

  test("refuses NOT_PARTICIPANT to the admin of another challenge", async () => {
    const { t, outsider, challengeId } = await start();
    await newChallenge(outsider.as);
    await refusedUnchanged(t, "NOT_PARTICIPANT", () =>
      outsider.as.mutation(mutation("admin"), { challengeId }),
    );
  });
});

test("a platform admin's door refuses NOT_PLATFORM_ADMIN to everybody else", async () => {
  const { t, admin } = await start();
  const root = await makePlatformAdmin(t);
  expect(await root.as.mutation(mutation("platform"), {})).toBe("Root");
  await refusedUnchanged(t, "NOT_PLATFORM_ADMIN", () =>
    admin.as.mutation(mutation("platform"), {}),
  );
});

describe("the shared view", () => {
  test("of a public challenge reads no identity", async () => {
    const { t, challengeId } = await start();
    const seen = await t.query(query("view"), { challengeId });
    expect(seen).toEqual({ name: "Summer", identityReads: 0 });
  });

  test("of a private challenge reads no identity with the right key", async () => {
    const { t, member, challengeId } = await start("private");
    const { viewKey } = await member.as.query(api.queries.challenges.get, { challengeId });
    const seen = await t.query(query("view"), { challengeId, viewKey });
    expect(seen).toEqual({ name: "Summer", identityReads: 0 });
  });

  test("of a private challenge opens for a member and a platform admin without a key", async () => {
    const { t, member, challengeId } = await start("private");
    const root = await makePlatformAdmin(t);
    for (const { as } of [member, root]) {
      expect(await as.query(query("view"), { challengeId })).toMatchObject({ name: "Summer" });
    }
  });

  test("of a private challenge is NOT_FOUND for everything else, as a missing one", async () => {
    const { t, member, outsider, challengeId } = await start("private");
    const other = await newChallenge(outsider.as, { visibility: "private" });
    const { viewKey: otherKey } = await outsider.as.query(api.queries.challenges.get, {
      challengeId: other.challengeId,
    });
    const refusals = await Promise.all([
      refusalFrom(t.query(query("view"), { challengeId })),
      refusalFrom(outsider.as.query(query("view"), { challengeId })),
      refusalFrom(t.query(query("view"), { challengeId, viewKey: "WRONG" })),
      refusalFrom(t.query(query("view"), { challengeId, viewKey: "" })),
      refusalFrom(t.query(query("view"), { challengeId, viewKey: otherKey })),
      // A wrong key is wrong for members too.
      refusalFrom(member.as.query(query("view"), { challengeId, viewKey: "WRONG" })),
    ]);
    await deleteChallenge(t, challengeId);
    const missing = await refusalFrom(member.as.query(query("view"), { challengeId }));
    expect(refusals).toEqual(refusals.map(() => missing));
  });

  test("closes for somebody who left, also with the key they had", async () => {
    const { t, member, challengeId } = await start("private");
    const { viewKey } = await member.as.query(api.queries.challenges.get, { challengeId });
    await member.as.mutation(api.mutations.challenges.leave, { challengeId });
    for (const args of [{ challengeId }, { challengeId, viewKey }]) {
      const refusal = await refusalFrom(asUser(t, member.userId).query(query("view"), args));
      expect(refusal).toEqual({ code: "NOT_FOUND", what: "challenge" });
    }
  });
});

/** Makes an id that is missing out of one that exists: no door deletes a challenge. */
async function deleteChallenge(t: TestBackend, challengeId: string) {
  await t.run(async (ctx) => {
    const id = ctx.db.normalizeId("challenges", challengeId);
    if (id) await ctx.db.delete("challenges", id);
  });
}
