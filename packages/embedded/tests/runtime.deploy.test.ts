/** Pushes: what start_push is answered, what is refused, and what activation and a restart keep. */
import { createHash } from "node:crypto";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { JSONValue } from "convex/values";
import type { CompiledBodies } from "../src/runtime/code.ts";
import { PushError } from "../src/runtime/index.ts";
import { Deployments } from "../src/server/deploy/deployments.ts";
import {
  bundleFixture,
  error,
  TestDeployment,
  value,
  withTable,
} from "./fixtures/runtime/deployFixture.ts";
import type { JsonObject, PushModule } from "../src/types.ts";

/** The CLI's own check of the answer; its source is not part of the package's public types. */
const CLI_CHECK = "../../../node_modules/convex/src/cli/lib/deployApi/startPush.ts";

interface StartPushResponse {
  appAuth: unknown[];
  analysis: Record<string, AnalyzedDefinition>;
  app: JsonObject;
  schemaChange: { indexDiffs: Record<string, { added_indexes: unknown[] }> };
}

interface AnalyzedDefinition {
  definition: {
    definitionType: { type: string; name?: string };
    exports: { branch: Array<[name: string, node: unknown]> };
  };
  functions: Record<string, { functions: Array<{ name: string }> }>;
}

interface Body {
  appDefinition: {
    changedModules: PushModule[];
    unchangedModuleHashes: Array<{ path: string; environment: string; sha256: string }>;
    schema: PushModule | null;
  };
  componentDefinitions: Array<{ definitionPath: string }>;
}

let startPushResponse: { parse: (response: JsonObject) => StartPushResponse };
let push: JsonObject & Body;
let deployment: TestDeployment;

beforeAll(async () => {
  ({ startPushResponse } = (await import(CLI_CHECK)) as {
    startPushResponse: typeof startPushResponse;
  });
  const bundled = (await bundleFixture("app")) as JsonObject & Body;
  const appDefinition = {
    ...bundled.appDefinition,
    changedModules: bundled.appDefinition.changedModules.filter(({ path }) => path !== "crons.js"),
  };
  push = { ...bundled, appDefinition } as JsonObject & Body;
}, 60_000);

beforeEach(async () => {
  deployment = await TestDeployment.start();
});

afterEach(() => deployment.dispose());

test("512 environment variables of 512 KiB together are kept, and no more", async () => {
  const some = (count: number, text: string) =>
    Array.from({ length: count }, (_, n) => ({ name: `V${100 + n}`, value: text }));
  await deployment.engine.updateEnvironment(some(512, "x"));
  await expect(deployment.engine.updateEnvironment(some(513, "x"))).rejects.toThrow(
    "The environment variable limit (512) has been met.",
  );
  // Each weighs its name too.
  await deployment.engine.updateEnvironment(some(512, "x".repeat(1020)));
  await expect(
    deployment.engine.updateEnvironment([{ name: "V100", value: "x".repeat(1021) }]),
  ).rejects.toThrow("The environment variables are 524289 bytes together");
});

const longest = "x".repeat(64);
const names: Array<[what: string, refused: [string, string], passes: [string, string]]> = [
  ["Identifier is too long (65 > maximum 64)", ["a.js", `${longest}x`], ["a.js", longest]],
  ["Invalid first character '$' in $a", ["a.js", "$a"], ["a.js", "_a"]],
  [
    "Path component is too long (65 > maximum 64)",
    [`${longest.slice(2)}.js`, "a"],
    [`${longest.slice(3)}.js`, "a"],
  ],
  [
    "Path component a-b.js can only contain alphanumeric characters",
    ["a-b.js", "a"],
    ["a_b/c.js", "a"],
  ],
];

test.each(names)("names of functions: %s", async (message, [badPath, badName], [path, name]) => {
  const exporting = (exported: string) =>
    `const fn = Object.assign(() => {}, { isQuery: true, isPublic: true }); export { fn as ${exported} };`;
  const { message: refused } = await refusal(withModule(badPath, exporting(badName)));
  expect(refused).toContain(message);
  await deployment.engine.evaluatePush(withModule(path, exporting(name)));
});

test("fields of arguments have names that are identifiers", async () => {
  const taking = (field: string) =>
    `export const a = Object.assign(() => {}, { isQuery: true, isPublic: true, exportArgs: () => JSON.stringify({ type: "object", value: { ${JSON.stringify(field)}: { fieldType: { type: "any" }, optional: false } } }) });`;
  const { message } = await refusal(withModule("a.js", taking("a-b")));
  expect(message).toContain("a.js:a: Identifier a-b has invalid character '-'");
  await deployment.engine.evaluatePush(withModule("a.js", taking("a_b")));
});

test("a deploy says how far it is, and activates what was made ready", async () => {
  const { engine, log } = deployment;
  await engine.activatePush(push);
  const transaction = engine.store.begin("mutation");
  for (let n = 0; n < 2000; n++) transaction.insert("", "notes", { text: `${n}` });
  await engine.store.commit(transaction).durable;
  const { schemaStatus } = (await import(CLI_CHECK)) as {
    schemaStatus: { parse: (answer: unknown) => { type: string; components: JsonObject } };
  };
  const deployments = new Deployments(engine, (line) => void log.push(line));
  const indexes = [{ indexDescriptor: "by_day", fields: ["day", "text"] }];
  const { pushId } = (await deployments.start(withTable(push, { indexes }), false)) as {
    pushId: string;
  };
  const first = schemaStatus.parse(await deployments.checkSchema(pushId, false, 0));
  expect([first.type, first.components[""]]).toEqual([
    "inProgress",
    { indexesTotal: 1, indexesComplete: 0, schemaValidationComplete: true },
  ]);
  // Everybody else goes on.
  value(await deployment.mutation("functions:write", { text: "meanwhile" }));
  let status = first;
  while (status.type === "inProgress") {
    status = schemaStatus.parse(await deployments.checkSchema(pushId, false, 1));
  }
  expect(status.type).toBe("complete");
  const built = () => log.filter((line) => line.startsWith("Added by_day"));
  expect(built()).toHaveLength(1);
  await deployments.finish(pushId, false);
  // It was built once.
  expect(built()).toHaveLength(1);
  expect(engine.store.preparationProgress()).toEqual(new Map());
});

/** The push with one more module of the app, or another source of a known one. */
function withModule(path: string, source: string): JsonObject {
  const { appDefinition } = push;
  const others = appDefinition.changedModules.filter((module) => module.path !== path);
  const changedModules = [...others, { path, source, environment: "isolate" }];
  return { ...push, appDefinition: { ...appDefinition, changedModules } } as JsonObject;
}

async function refusal(body: JsonObject): Promise<PushError> {
  const thrown: unknown = await deployment.engine.evaluatePush(body).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(thrown).toBeInstanceOf(PushError);
  return thrown as PushError;
}

test("the answer to start_push is what the CLI expects", async () => {
  const response = startPushResponse.parse(await deployment.engine.evaluatePush(push));
  expect(response.appAuth).toHaveLength(1);
  expect(response.app).toMatchObject({
    componentPath: "",
    childComponents: { mounted: { componentPath: "mounted", childComponents: {} } },
    httpRoutes: {
      httpModuleRoutes: expect.arrayContaining([{ method: "GET", path: "/echo/*" }]),
      mounts: ["/mounted/"],
    },
  });
  const functions = response.analysis[""]!.functions["functions.js"]!.functions;
  expect(functions.find(({ name }) => name === "hidden")).toMatchObject({
    udfType: "Mutation",
    visibility: { kind: "internal" },
    args: JSON.stringify({
      type: "object",
      value: { text: { fieldType: { type: "string" }, optional: false } },
    }),
    returns: null,
  });
  expect(response.schemaChange.indexDiffs[""]!.added_indexes).toEqual([
    { name: "notes.by_text", type: "database", fields: expect.arrayContaining(["text"]) },
  ]);
});

test("nested components are there, and export their public functions", async () => {
  const body = await bundleFixture("components");
  const response = startPushResponse.parse(await deployment.engine.evaluatePush(body));
  expect(response.app).toMatchObject({
    childComponents: {
      points: {
        childComponents: { batchWorker: { componentPath: "points/batchWorker" } },
      },
      queued: { componentPath: "queued" },
      rateLimiter: { componentPath: "rateLimiter" },
    },
  });
  const aggregate = Object.values(response.analysis).find(
    ({ definition }) => definition.definitionType.name === "aggregate",
  )!;
  const exported = new Map(aggregate.definition.exports.branch).get("public");
  expect(exported).toMatchObject({
    type: "branch",
    branch: expect.arrayContaining([
      ["insert", { type: "leaf", leaf: "_reference/function/public.js:insert" }],
    ]),
  });
}, 60_000);

test("evaluating activates nothing", async () => {
  await deployment.engine.evaluatePush(push);
  expect(deployment.engine.activePush()).toBeNull();
  expect(deployment.engine.functionType("", "functions:write")).toBeNull();
  expect(deployment.engine.store.tables("")).toEqual([]);
});

test("a restart runs what was compiled before, unless another compiler made it", async () => {
  await deployment.engine.activatePush(push);
  const answers = async (change: (compiled: CompiledBodies) => CompiledBodies) => {
    const { store } = deployment.engine;
    const transaction = store.begin("mutation");
    const compiled = transaction.hostGet("compiled") as unknown as CompiledBodies;
    transaction.hostPut("compiled", change(compiled) as unknown as JSONValue);
    await store.commit(transaction).durable;
    await deployment.restart();
    return value(await deployment.query("functions:constant"));
  };
  const marked = ({ by, bodies }: CompiledBodies): CompiledBodies => ({
    by,
    bodies: Object.fromEntries(
      Object.entries(bodies).map(([key, body]) => [key, body.replace("as deployed", "as kept")]),
    ),
  });
  expect(await answers(marked)).toBe("as kept");
  expect(await answers(({ bodies }) => ({ by: "another", bodies }))).toBe("as deployed");
});

test("an activated push is there after a restart, with every source", async () => {
  await deployment.engine.activatePush(push);
  value(await deployment.mutation("functions:write", { text: "kept" }));
  await deployment.restart();
  expect(await deployment.notes()).toEqual(["kept"]);
  expect(deployment.engine.functionType("", "functions.js:write")).toBe("mutation");
  expect(deployment.engine.functionType("", "functions:notes")).toBe("query");
  expect(deployment.engine.functionType("", "jobs:echo")).toBe("action");
  const body = deployment.engine.activePush() as unknown as Body;
  expect(body.appDefinition.changedModules.map(({ path }) => path)).toContain("functions.js");
  expect(JSON.stringify(body)).not.toContain("adminKey");
});

test("modules named by their hash keep their sources", async () => {
  await deployment.engine.activatePush(push);
  const { appDefinition } = push;
  const [changed, ...unchanged] = appDefinition.changedModules;
  const hashes = unchanged.map(({ path, environment, source, sourceMap }) => ({
    path,
    environment,
    sha256: createHash("sha256")
      .update(source + (sourceMap ?? ""))
      .digest("hex"),
  }));
  await deployment.engine.activatePush({
    ...push,
    appDefinition: { ...appDefinition, changedModules: [changed!], unchangedModuleHashes: hashes },
  } as unknown as JsonObject);
  value(await deployment.mutation("functions:write", { text: "still here" }));
  const wrong = [{ ...hashes[0]!, sha256: "0" }];
  const stale = { ...push, appDefinition: { ...appDefinition, unchangedModuleHashes: wrong } };
  expect((await refusal(stale as unknown as JsonObject)).message).toContain("Push again");
});

test("mistakes in modules are refused with their place", async () => {
  const syntax = await refusal(withModule("bad.js", "export const a = ;"));
  expect([syntax.code, syntax.message]).toEqual([
    "InvalidModules",
    expect.stringContaining("bad.js"),
  ]);
  const thrown = await refusal(withModule("bad.js", "export const a = 1;\nmissing();"));
  expect(thrown.message).toMatch(
    /Failed to analyze bad\.js: Uncaught ReferenceError: missing is not defined\n {4}at bad\.js:2/,
  );
  const unresolved = await refusal(withModule("bad.js", 'import "./nowhere.js";'));
  expect(unresolved.message).toContain('Could not resolve "./nowhere.js"');
  const router = await refusal(withModule("http.js", "export default {};"));
  expect(router.message).toContain("not a router");
  const crons = `export default { isCrons: true, export: () => JSON.stringify({ job: { name: "nothing:here", args: [{}], schedule: { type: "interval", seconds: 1 } } }) };`;
  expect((await refusal(withModule("crons.js", crons))).code).toBe("InvalidCronJob");
});

test("auth.config that reads a variable which is not set is refused in the CLI's words", async () => {
  const source =
    "export default { providers: [{ domain: process.env.NOT_SET, applicationID: 'x' }] };";
  const refused = await refusal(withModule("auth.config.js", source));
  expect([refused.code, refused.message]).toEqual([
    "AuthConfigMissingEnvironmentVariable",
    "Environment variable NOT_SET is used in auth config file but its value was not set.",
  ]);
  await deployment.engine.updateEnvironment([{ name: "NOT_SET", value: "https://issuer" }]);
  await deployment.engine.activatePush(withModule("auth.config.js", source));
  expect(deployment.engine.authProviders()).toEqual([
    { domain: "https://issuer", applicationID: "x" },
  ]);
  await deployment.engine.updateEnvironment([{ name: "NOT_SET", value: "https://other" }]);
  expect(deployment.engine.authProviders()).toEqual([
    { domain: "https://other", applicationID: "x" },
  ]);
  await expect(deployment.engine.updateEnvironment([{ name: "NOT_SET" }])).rejects.toThrow(
    "NOT_SET",
  );
  expect(deployment.engine.environmentVariables()).toEqual({ NOT_SET: "https://other" });
});

test.each(["while they are looked at", "when it is activated"])(
  "documents that do not fit the new schema %s keep the old deployment running",
  async (when) => {
    const { engine } = deployment;
    await engine.activatePush(push);
    value(await deployment.mutation("functions:write", { text: "not a number" }));
    const documentType = {
      type: "object",
      value: { text: { fieldType: { type: "number" }, optional: false } },
    };
    const narrowed = withTable(push, { documentType });
    const { store } = engine;
    // As if all had fitted then, and one had been written since.
    if (when !== "while they are looked at") store.prepareSchemas = async () => null;
    const before = [engine.activePush(), store.ts, store.begin("query").hostRange("")];
    await expect(engine.activatePush(narrowed)).rejects.toMatchObject({
      name: "PushError",
      code: "SchemaDoesNotFit",
      message: expect.stringContaining("notes"),
    });
    expect([engine.activePush(), store.ts, store.begin("query").hostRange("")]).toEqual(before);
    expect(await deployment.notes()).toEqual(["not a number"]);
    value(await deployment.mutation("functions:write", { text: "still accepted" }));
  },
);

test("a redeploy replaces the code and tells everybody", async () => {
  await deployment.engine.activatePush(push);
  const everything: boolean[] = [];
  deployment.engine.store.onCommit((commit) => everything.push(commit.everything));
  const source = `const fn = () => {}; Object.assign(fn, { isQuery: true, isPublic: true, exportArgs: () => '{"type":"any"}', exportReturns: () => "null", invokeQuery: async () => '"second"' }); export { fn as version };`;
  await deployment.engine.activatePush(withModule("version.js", source));
  expect(value(await deployment.query("version:version"))).toBe("second");
  await deployment.engine.activatePush(push);
  expect(error(await deployment.query("version:version"))).toContain(
    "Could not find public function",
  );
  expect(everything).toEqual([true, true]);
});

test("environment variables are validated", async () => {
  const set = (name: string, text: string) =>
    deployment.engine.updateEnvironment([{ name, value: text }]);
  await expect(set("1st", "x")).rejects.toThrow("not a name");
  await expect(set("CONVEX_SITE_URL", "x")).rejects.toThrow("built in");
  await expect(set("x".repeat(257), "x")).rejects.toThrow("at most 256 characters");
  await expect(set("LONG", `${"x".repeat(8191)}é`)).rejects.toThrow(
    "The value of LONG is 8193 bytes, which is too large. (max size: 8192)",
  );
  await set("KEPT", "yes");
  await deployment.restart();
  expect(deployment.engine.environmentVariables()).toEqual({ KEPT: "yes" });
});
