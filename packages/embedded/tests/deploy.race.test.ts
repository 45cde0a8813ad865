/** Deploys at the same time: the one that gives way is refused and changes nothing. */
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { Deployments } from "../src/server/deploy/deployments.ts";
import {
  bundleFixture,
  TestDeployment,
  value,
  withoutModule,
  withTable,
} from "./fixtures/runtime/deployFixture.ts";
import type { JsonObject } from "../src/types.ts";

const REFUSED = { status: 400, code: "SchemaAlreadyOverwritten" };
let push: JsonObject;
let deployment: TestDeployment;
let deployments: Deployments;

beforeAll(async () => {
  push = withTable(withoutModule(await bundleFixture("app"), "crons.js"), {});
}, 60_000);
beforeEach(async () => {
  deployment = await TestDeployment.startWith(push);
  const { engine, log } = deployment;
  deployments = new Deployments(engine, (line) => void log.push(line));
  const transaction = engine.store.begin("mutation");
  for (let n = 0; n < 2000; n++) transaction.insert("", "notes", { text: `${n}` });
  await engine.store.commit(transaction).durable;
});
afterEach(() => deployment.dispose());

const withIndex = (name: string): JsonObject =>
  withTable(push, { indexes: [{ indexDescriptor: name, fields: ["text", name] }] });

async function start(body: JsonObject, isDryRun = false): Promise<string> {
  return ((await deployments.start(body, isDryRun)) as { pushId: string }).pushId;
}

async function prepared(pushId: string): Promise<string> {
  for (;;) {
    const { type } = (await deployments.checkSchema(pushId, false)) as { type: string };
    if (type !== "inProgress") return type;
  }
}

/** What was done to indexes. */
const built = () => deployment.log.filter((line) => /^(Added|Removed)/.test(line));

test("a deploy gives way to one that begins later with another schema, and builds nothing", async () => {
  const first = await start(withIndex("a"));
  const second = await start(withIndex("b"));
  const preparing = vi.spyOn(deployment.engine.store, "prepareSchemas");
  expect(await prepared(first)).toBe("raceDetected");
  await expect(deployments.finish(first, false)).rejects.toMatchObject(REFUSED);
  expect(preparing).not.toHaveBeenCalled();
  expect(await prepared(second)).toBe("complete");
  await deployments.finish(second, false);
  expect(built()).toEqual(["Added b to table notes: 2000 documents."]);
  value(await deployment.mutation("functions:write", { text: "goes on" }));
});

test("a deploy that gives way while it is finished stops building, and nothing of it took effect", async () => {
  const { engine } = deployment;
  const [active, { ts }] = [engine.activePush(), engine.store];
  const first = await start(withIndex("a"));
  const waiting = deployments.checkSchema(first, false, 60_000);
  const finishing = deployments.finish(first, false);
  finishing.catch(() => undefined);
  await expect.poll(() => engine.store.preparationProgress().size).toBe(1);
  const second = await start(withIndex("b"));
  const preparing = prepared(second);
  await expect(finishing).rejects.toMatchObject(REFUSED);
  expect(await waiting).toEqual({ type: "raceDetected" });
  expect([engine.activePush(), engine.store.ts]).toEqual([active, ts]);
  expect(await preparing).toBe("complete");
  await deployments.finish(second, false);
  expect(built()).toEqual(["Added b to table notes: 2000 documents."]);
});

test("a deploy that leaves the schema as it is gives way only when another schema is active", async () => {
  const [first, second] = [await start(push), await start(push)];
  const other = await start(withIndex("a"));
  expect(await prepared(first)).toBe("complete");
  await deployments.finish(first, false);
  await deployments.finish(other, false);
  await expect(deployments.finish(second, false)).rejects.toMatchObject(REFUSED);
});

test("of two deploys that are finished together, the later one gives way to the schema of the other", async () => {
  const asItWas = await start(push);
  const other = await start(withIndex("a"));
  const finished = [deployments.finish(other, false), deployments.finish(asItWas, false)];
  expect(await Promise.allSettled(finished)).toMatchObject([
    { status: "fulfilled" },
    { status: "rejected", reason: REFUSED },
  ]);
  // And nothing has removed it.
  expect(built()).toEqual(["Added a to table notes: 2000 documents."]);
});

test("deploys with the same new schema, and dry runs beside them, are in nobody's way", async () => {
  const documentType = {
    type: "object",
    value: { text: { fieldType: { type: "number" }, optional: false } },
  };
  const narrow = await start(withTable(push, { documentType }), true);
  const asItWas = await start(push, true);
  const [first, second] = [await start(withIndex("a")), await start(withIndex("a"))];
  const preparing = deployments.checkSchema(first, false, 60_000);
  const look = () => deployments.checkSchema(narrow, true, 60_000);
  const check = { result: Promise.resolve("stopped" as const), progress: () => new Map() };
  vi.spyOn(deployment.engine.store, "checkSchemas").mockReturnValueOnce(check);
  expect(await look()).toMatchObject({ type: "inProgress" });
  expect(await look()).toMatchObject({ type: "failed", tableName: "notes" });
  expect(await preparing).toEqual({ type: "complete" });
  const once = ["Added a to table notes: 2000 documents."];
  expect(built()).toEqual(once);
  await deployments.finish(first, false);
  await deployments.finish(second, false);
  await deployments.finish(asItWas, true);
  expect(built()).toEqual(once);
});
