/** The two deployments that run the same programs: the embedded one, and convex-test as the reference. */
import { convexTest } from "convex-test";
import { makeFunctionReference, type GenericSchema, type SchemaDefinition } from "convex/server";
import { ConvexError, convexToJson, type JSONValue, type Value } from "convex/values";
import { bundleFixture, TestDeployment, value } from "../fixtures/runtime/deployFixture.ts";
import type { JsonObject } from "../../src/types.ts";

/** How a call ended, in Convex's JSON encoding. */
export type Outcome = { value: JSONValue } | { error: string } | { data: JSONValue };

export interface Subject {
  call(type: "query" | "mutation", name: string, args: Record<string, Value>): Promise<Outcome>;
  /** Waits until no job runs that is due now. */
  settled(): Promise<void>;
}

const FOLDER = new URL("../fixtures/runtime/conformance/convex/", import.meta.url);

/** The embedded deployment, with the programs' app pushed as the official CLI pushes it. */
export class Embedded implements Subject {
  readonly #deployment: TestDeployment;

  private constructor(deployment: TestDeployment) {
    this.#deployment = deployment;
  }

  static async start(): Promise<Embedded> {
    return new Embedded(await TestDeployment.startWith(await bundleFixture("conformance")));
  }

  async call(
    type: "query" | "mutation",
    name: string,
    args: Record<string, Value>,
  ): Promise<Outcome> {
    const outcome = await this.#deployment[type](name, convexToJson(args) as JsonObject);
    if (outcome.success) return { value: outcome.value };
    const { errorData, errorMessage } = outcome;
    return errorData === undefined ? { error: errorMessage } : { data: errorData };
  }

  async settled(): Promise<void> {
    for (const component of ["", "child"]) {
      while (await this.#busy(component)) await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async #busy(component: string): Promise<boolean> {
    const outcome = await this.#deployment.query(
      "programs:busy",
      { now: Date.now() },
      { component },
    );
    return value(outcome) === true;
  }

  /** Forgets what the programs wrote, but for their jobs. */
  async clear(): Promise<void> {
    value(await this.#deployment.mutation("programs:clearBoth"));
  }

  dispose(): Promise<void> {
    return this.#deployment.dispose();
  }
}

interface Modules {
  schema: SchemaDefinition<GenericSchema, boolean>;
  files: Record<string, () => Promise<unknown>>;
}

/** Loads the programs' app for convex-test, which calls the functions in this process. */
export async function referenceModules(): Promise<Modules> {
  const load = async (file: string): Promise<Record<string, unknown>> =>
    (await import(new URL(file, FOLDER).href)) as Record<string, unknown>;
  const programs = await load("programs.js");
  const { default: schema } = await load("schema.js");
  return {
    schema: schema as Modules["schema"],
    files: {
      // convex-test looks for the folder that holds this one.
      "./_generated/api.js": () => Promise.resolve({}),
      "./programs.js": () => Promise.resolve(programs),
    },
  };
}

/** convex-test on an empty database. */
export class Reference implements Subject {
  readonly #test: ReturnType<typeof convexTest>;

  constructor({ schema, files }: Modules) {
    this.#test = convexTest({ schema, modules: files });
    this.#test.registerComponent("child", schema, files);
  }

  async call(
    type: "query" | "mutation",
    name: string,
    args: Record<string, Value>,
  ): Promise<Outcome> {
    try {
      const result: Value =
        type === "query"
          ? await this.#test.query(makeFunctionReference<"query">(name), args)
          : await this.#test.mutation(makeFunctionReference<"mutation">(name), args);
      return { value: convexToJson(result) };
    } catch (error) {
      if (error instanceof ConvexError) return { data: convexToJson(error.data as Value) };
      if (error instanceof Error) return { error: error.message };
      throw error;
    }
  }

  settled(): Promise<void> {
    return this.#test.finishInProgressScheduledFunctions();
  }
}
