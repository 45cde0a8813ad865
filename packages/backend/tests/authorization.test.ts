import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { refusalOf, type Refusal } from "../lib/errors";
import {
  type Caller,
  CALLERS,
  call,
  fieldsOf,
  newWorld,
  newWorldWithoutChallenge,
  publicFunctions,
  type PublicFunction,
  type ValidatorJson,
  type Visibility,
  type World,
} from "./authorization.setup";
import { type Args, type ArgsOf, REFUSALS, type Right, RIGHTS } from "./authorizationCases.setup";
import { DOORS } from "./authorizationTable.setup";
import { snapshotTables } from "./backend.setup";
import { standAtNoon } from "./ledger.setup";

/**
 * Calls every public function in every situation of the table, as everybody, in a public and in a private challenge. A
 * function that is missing in the table fails the test.
 */

const VISIBILITIES = ["public", "private"] as const;
const INSIDERS: ReadonlySet<Caller> = new Set(["participant", "admin", "platformAdmin"]);
const ADMINS: ReadonlySet<Caller> = new Set(["admin", "platformAdmin"]);

const outcomesOf = (right: Right, visibility: Visibility): string[] =>
  RIGHTS[right][visibility].split(/ +/);

const calls = Object.values(DOORS)
  .flatMap(({ cases }) => cases)
  .flatMap(([right]) => VISIBILITIES.flatMap((visibility) => outcomesOf(right, visibility)))
  .filter((outcome) => outcome !== "-").length;

let functions: Map<string, PublicFunction>;
beforeAll(async () => {
  vi.stubEnv("AUTH_LOG_LEVEL", "ERROR");
  standAtNoon();
  functions = new Map((await publicFunctions()).map((fn) => [fn.name, fn]));
});
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

function functionOf(name: string): PublicFunction {
  const fn = functions.get(name);
  if (fn === undefined) throw new Error(`${name} is no public function`);
  return fn;
}

/** An answer or a refusal; every other error is the test's own. */
async function ask(world: World, caller: Caller, fn: PublicFunction, args: Args) {
  try {
    return { answer: await call(world.callers[caller], fn, args) };
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return { refusal };
  }
}

/** Every row of every table, as a text to compare. */
const tablesOf = async ({ t }: World) =>
  JSON.stringify(await snapshotTables(t), (_, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  );

/** What an answer says that this caller must not know. */
function leaksOf(world: World, caller: Caller, { kind }: PublicFunction, args: Args): string[] {
  const { joinCode, viewKey, challengeId } = world;
  const leaks = ["@example.org"];
  if (!ADMINS.has(caller)) leaks.push(joinCode);
  if (viewKey === undefined || INSIDERS.has(caller)) return leaks;
  leaks.push(viewKey);
  // Without its key or its code a private challenge does not exist; its code says its name.
  if (kind !== "query" || "viewKey" in args) return leaks;
  return "joinCode" in args ? [...leaks, challengeId] : [...leaks, challengeId, "Summer"];
}

function nameOf(refusal: Refusal): string {
  const key = refusal.code === "NOT_FOUND" ? `${refusal.code} ${refusal.what}` : refusal.code;
  return REFUSALS[key] ?? JSON.stringify(refusal);
}

describe(`F1 F3 F9 ${calls} calls decide who may do what`, () => {
  describe.each(VISIBILITIES)("in a %s challenge", (visibility) => {
    // A world serves until a call that changed it: that refused ones change nothing is checked.
    let stage: { world: World; tables: string } | null = null;
    let missing: World;
    beforeAll(async () => {
      missing = await newWorldWithoutChallenge(visibility);
    });

    async function outcomeOf(fn: PublicFunction, argsOf: ArgsOf, caller: Caller): Promise<string> {
      if (stage === null) {
        const world = await newWorld(visibility);
        stage = { world, tables: await tablesOf(world) };
      }
      const { world, tables } = stage;
      const args = argsOf(world, caller);
      const { answer, refusal } = await ask(world, caller, fn, args);
      const after = fn.kind === "query" ? tables : await tablesOf(world);
      stage.tables = after;
      if (refusal !== undefined) {
        if (after !== tables) return "refused, and changed something";
        // Asked only then: some calls that are refused here would change the other world.
        if (refusal.code !== "NOT_FOUND") return nameOf(refusal);
        const ofMissing = await ask(missing, caller, fn, argsOf(missing, caller));
        const isHidden = JSON.stringify(refusal) === JSON.stringify(ofMissing.refusal);
        return isHidden ? "hidden" : nameOf(refusal);
      }
      const text = JSON.stringify(answer) ?? "";
      const leak = leaksOf(world, caller, fn, args).find((secret) => text.includes(secret));
      if (leak !== undefined) return `ok, and told ${leak}`;
      return fn.kind === "query" && answer === null ? "null" : "ok";
    }

    for (const [name, { cases }] of Object.entries(DOORS)) {
      for (const [right, situation, argsOf] of cases) {
        test(`${name} ${situation} is for ${right}`, async () => {
          const expected = outcomesOf(right, visibility);
          const outcomes: string[] = [];
          for (const [column, caller] of CALLERS.entries()) {
            const isCalled = expected[column] !== "-";
            outcomes.push(isCalled ? await outcomeOf(functionOf(name), argsOf, caller) : "-");
          }
          if (functionOf(name).kind !== "query") stage = null;
          expect(outcomes.map((outcome, column) => [CALLERS[column], outcome])).toEqual(
            CALLERS.map((caller, column) => [caller, expected[column]]),
          );
        });
      }
    }
  });
});

test("F2 no public function is missing", () => {
  expect([...functions.keys()].sort()).toEqual(Object.keys(DOORS).sort());
});

test.each(Object.entries(DOORS))("F4 %s answers with no other fields", (name, { answers }) => {
  const declared = new Set(fieldsOf(functionOf(name).returns));
  expect([...declared].sort()).toEqual(answers.split(" ").filter(Boolean).sort());
});

describe("arguments", () => {
  /** What a client would like to decide itself. */
  const FORGED = {
    points: 1_000,
    pointsEarned: 1_000,
    totalPoints: 1_000,
    userId: "someone",
    role: "admin",
    source: "strava",
    externalId: "1",
    createdAt: 1,
    isPlatformAdmin: true,
    finalAt: 1,
  };
  let world: World;
  let tables: string;
  beforeAll(async () => {
    world = await newWorld("public");
    tables = await tablesOf(world);
  });

  /** Arguments that must not get past the validator, by what is wrong with them. */
  function malformed(fields: Record<string, { fieldType: ValidatorJson }>): Args {
    const wrong: Args = {};
    for (const [name, value] of Object.entries(FORGED)) if (!(name in fields)) wrong[name] = value;
    for (const [name, { fieldType }] of Object.entries(fields)) {
      const table = idTableOf(fieldType);
      if (table !== null) wrong[name] = table === "users" ? world.challengeId : world.userIds.bob;
    }
    return wrong;
  }

  // Convex Auth checks the arguments of its own functions.
  const own = Object.entries(DOORS).filter(([name]) => !name.startsWith("auth:"));

  test.each(own)(
    "F3 F5 of %s are its own fields, and ids of the right tables",
    async (name, { cases }) => {
      const fn = functionOf(name);
      const fields = fn.args?.type === "object" ? fn.args.value : {};
      const good = cases[0]?.[2](world, "admin");
      const wrong = Object.entries(malformed(fields));
      const accepted: string[] = [];
      for (const [field, value] of wrong) {
        const error: unknown = await call(world.callers.admin, fn, {
          ...good,
          [field]: value,
        }).then(
          () => null,
          (caught: unknown) => caught,
        );
        if (!String(error).includes("Validator error")) accepted.push(`${field}: ${String(error)}`);
      }
      expect(accepted).toEqual([]);
      expect(wrong.length).toBeGreaterThan(7);
      expect(await tablesOf(world)).toBe(tables);
    },
  );
});

/** The table whose ids an argument takes, null when it takes none. */
function idTableOf(validator: ValidatorJson): string | null {
  if (validator?.type === "id") return validator.tableName;
  if (validator?.type !== "union") return null;
  return validator.value.map(idTableOf).find((table) => table !== null) ?? null;
}
