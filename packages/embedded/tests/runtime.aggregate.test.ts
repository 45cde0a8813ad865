/** The official aggregate and rate limiter as users of the runtime: nested components, handles, jobs. */
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  bundleFixture,
  eventually,
  TestDeployment,
  value,
} from "./fixtures/runtime/deployFixture.ts";

let deployment: TestDeployment;

beforeAll(async () => {
  deployment = await TestDeployment.start();
  await deployment.engine.activatePush(await bundleFixture("components"));
}, 60_000);

afterAll(() => deployment.dispose());

/** A small generator of whole numbers, so that a failure can be repeated. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * below);
  };
}

test("sums and counts follow inserts, replacements and deletes", async () => {
  const users = ["ann", "bob", "cat", "dan", "eve"];
  const next = numbers(7);
  const rows = new Map<string, { user: string; points: number }>();
  for (let step = 0; step < 150; step++) {
    const known = [...rows.keys()];
    const kind = known.length < 20 ? 0 : next(3);
    if (kind === 0) {
      const row = { user: users[next(users.length)]!, points: next(1000) };
      rows.set(value(await deployment.mutation("items:add", row)) as string, row);
      continue;
    }
    const id = known[next(known.length)]!;
    if (kind === 1) {
      const points = next(1000);
      await deployment.mutation("items:change", { id, points }).then(value);
      rows.get(id)!.points = points;
    } else {
      await deployment.mutation("items:remove", { id }).then(value);
      rows.delete(id);
    }
  }
  const expected = users.map((user) =>
    [...rows.values()].filter((row) => row.user === user).reduce((sum, row) => sum + row.points, 0),
  );
  expect(value(await deployment.query("items:sums", { users }))).toEqual(expected);
  const anns = [...rows.values()].filter((row) => row.user === "ann").length;
  expect(value(await deployment.query("items:count", { user: "ann" }))).toBe(anns);
  // The queued twin gets there through the batch worker's jobs.
  await eventually(async () => {
    const sums = value(await deployment.query("items:queuedSums", { users }));
    return JSON.stringify(sums) === JSON.stringify(expected);
  });
}, 60_000);

test("the rate limiter refuses the third call of a minute", async () => {
  const allowed = [];
  for (let call = 0; call < 3; call++) {
    allowed.push(value(await deployment.mutation("limits:log", { user: "ann" })));
  }
  expect(allowed).toEqual([true, true, false]);
});
