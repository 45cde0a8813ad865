// @vitest-environment node
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { OPERATIONS } from "../routes/api/app";
import { refusalsOf } from "../routes/api/document";
import { makesChanges } from "../routes/api/operations";
import { type Answer, send, tablesBesideCalls } from "./api.setup";
import {
  addressOf,
  type ApiCaller,
  type ApiWorld,
  type Case,
  CASES,
  newApiWorld,
  outcomesOf,
} from "./apiCases.setup";
import { setup } from "./backend.setup";
import { standAtNoon } from "./ledger.setup";

/**
 * Calls every operation in every situation of the table by every kind of key, in a public and in a private challenge. An
 * operation that is missing in the table fails the test.
 */

beforeAll(() => standAtNoon());
afterAll(() => {
  vi.useRealTimers();
});

type Documented = Record<string, unknown> & {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId: string; responses: Record<string, unknown> }>
  >;
};

async function documentOf(t = setup()): Promise<Documented> {
  const { body } = await send(t, "GET", "/openapi.json");
  return body as unknown as Documented;
}

const operations = OPERATIONS.map((operation) => ({ name: operation.operationId, operation }));

/** Checks of successful answers against the document, by operation. */
function answerChecks(): Map<string, ValidateFunction> {
  const ajv = new Ajv2020({ strict: false });
  return new Map(OPERATIONS.map(({ operationId, answer }) => [operationId, ajv.compile(answer)]));
}

/** What a call ended with, in the words of the table. */
function outcomeOf({ status, body }: Answer): string {
  if (status < 300) return "ok";
  const name = `${status} ${String(body.code)}`;
  const words: Record<string, string> = {
    "401 NOT_SIGNED_IN": "key",
    "403 NOT_PARTICIPANT": "outside",
    "403 INSUFFICIENT_SCOPE": "scope",
    "403 NOT_CHALLENGE_ADMIN": "role",
    "404 NOT_FOUND": "hidden",
    "400 INVALID_INPUT": "input",
  };
  return words[name] ?? name;
}

describe.each(["public", "private"] as const)("in a %s challenge", (visibility) => {
  let checks: Map<string, ValidateFunction>;
  beforeAll(() => {
    checks = answerChecks();
  });

  test.each(operations)("F1 F10 $name", async ({ name, operation }) => {
    const isChange = makesChanges(operation);
    let world = await newApiWorld(visibility);
    const situations = CASES[name]?.(world) ?? [];
    for (const [index] of situations.entries()) {
      if (index > 0 && isChange) world = await newApiWorld(visibility);
      vi.setSystemTime(Date.now() + 90_000);
      const one = CASES[name]?.(world)[index];
      if (one === undefined) throw new Error("the table changed");
      const expected = outcomesOf(one.right, visibility);
      const outcomes = await outcomesIn(world, one, expected);
      expect(outcomes).toEqual(expected);
    }

    /** The refused first, so that one comparison shows that they changed nothing. */
    async function outcomesIn(
      { keys, ...rest }: ApiWorld,
      one: Case,
      expected: Map<ApiCaller, string>,
    ) {
      const here = { keys, ...rest };
      const path = addressOf(operation.path, here, one);
      const call = async (caller: ApiCaller) => {
        const sent = { key: keys[caller], body: one.body };
        const answer = await send(here.t, operation.method.toUpperCase(), path, sent);
        const { statuses = [200] } = operation;
        expect([...statuses, ...refusalsOf(operation).keys()]).toContain(answer.status);
        return answer;
      };
      const outcomes = new Map<ApiCaller, string>();
      const refused = [...expected].filter(([, outcome]) => outcome !== "ok");
      const before = await tablesBesideCalls(here.t);
      for (const [caller] of refused) outcomes.set(caller, outcomeOf(await call(caller)));
      expect(await tablesBesideCalls(here.t), "tables after refused calls").toBe(before);
      let isFirst = true;
      for (const [caller] of [...expected].filter(([, outcome]) => outcome === "ok")) {
        const answer = await call(caller);
        const outcome = outcomeOf(answer);
        // What one was let do, another may find done.
        const isDone = !isFirst && isChange && ["input", "hidden"].includes(outcome);
        outcomes.set(caller, isDone ? "ok" : outcome);
        isFirst = false;
        if (outcome !== "ok") continue;
        const check = checks.get(name);
        expect(check?.(answer.body), JSON.stringify([check?.errors, answer.body])).toBe(true);
        expect(JSON.stringify(answer.body)).not.toMatch(/@example\.org|secretHash|viewKey/);
      }
      return new Map([...expected.keys()].map((caller) => [caller, outcomes.get(caller)]));
    }
  });
});

test("F2 no operation is missing", () => {
  expect(Object.keys(CASES).sort()).toEqual(operations.map(({ name }) => name).sort());
});

describe("the document", () => {
  test("is valid OpenAPI 3.1", async () => {
    const document = await documentOf();
    const result = await new Validator().validate(structuredClone(document));
    expect(result).toMatchObject({ valid: true });
    expect(document.openapi).toBe("3.1.0");
  });

  test("names every operation once, and where the API is", async () => {
    const { paths } = await documentOf();
    const named = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(named.sort()).toEqual(operations.map(({ name }) => name).sort());
  });

  test("is shown as a page that names every path and needs nothing from elsewhere", async () => {
    const t = setup();
    const { body, headers } = await send(t, "GET", "/docs");
    const { paths } = await documentOf(t);
    for (const path of Object.keys(paths)) expect(body.text).toContain(path);
    expect(body.text).not.toMatch(/<script|https?:\/\/(?!some\.convex\.site)/);
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
  });
});
