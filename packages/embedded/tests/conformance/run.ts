/** Runs one program on a deployment and makes what came out comparable. */
import type { JSONValue, Value } from "convex/values";
import type { Outcome, Subject } from "./deployments.ts";
import type { Program } from "./programs.ts";

/** The ids of what a program made, in the order of its operations. */
type Ids = Record<"appDocs" | "appJobs" | "childDocs" | "childJobs", string[]>;

const JOURNAL = "journal.by_creation_time";

interface Dump {
  /** What the jobs left behind, in the order in which they ran. */
  tables: { [JOURNAL]: Array<{ _id: string; ids: Ids }> };
}

type Site = "app" | "child";

/** A program under way on one deployment. */
export class ProgramRun {
  readonly #subject: Subject;
  readonly #program: Program;
  readonly #startMs = Date.now();
  readonly #outcomes: Outcome[] = [];
  #ids: Ids = { appDocs: [], appJobs: [], childDocs: [], childJobs: [] };

  constructor(subject: Subject, program: Program) {
    this.#subject = subject;
    this.#program = program;
  }

  /** The calls of the program, one after the other. */
  async steps(): Promise<void> {
    for (const { type, ops } of this.#program.steps) {
      const world = { site: "app", ids: this.#ids, pool: this.#program.pool };
      const args = { ops, world } as unknown as Record<string, Value>;
      const outcome = await this.#subject.call(
        type,
        type === "query" ? "programs:ask" : "programs:run",
        args,
      );
      this.#outcomes.push(outcome);
      this.#ids = idsAfter(outcome) ?? this.#ids;
    }
  }

  settled(): Promise<void> {
    return this.#subject.settled();
  }

  /** What the calls answered and what the deployment holds at the end, with ids and times by position. */
  async observed(): Promise<JSONValue> {
    const { appJobs, childJobs } = this.#ids;
    const dumped = await this.#subject.call("query", "programs:dumpBoth", { appJobs, childJobs });
    if (!("value" in dumped)) throw new Error(`The dump failed: ${JSON.stringify(dumped)}`);
    const dumps = dumped.value as unknown as Record<Site, Dump>;
    const comparable = new Comparable(this.#startMs);
    comparable.know("", this.#ids);
    for (const site of ["app", "child"] as const) {
      for (const [position, { _id, ids }] of dumps[site].tables[JOURNAL].entries()) {
        comparable.know(`${site} job ${position}: `, { ...ids, [`${site}Journal`]: [_id] });
      }
    }
    return comparable.of([...this.#outcomes, dumped] as unknown as JSONValue, "app");
  }
}

function idsAfter(outcome: Outcome): Ids | null {
  const result = "value" in outcome ? outcome.value : "data" in outcome ? outcome.data : null;
  const { world, ids } = (result ?? {}) as unknown as { world?: { ids: Ids }; ids?: Ids };
  return world?.ids ?? ids ?? null;
}

/** The same refusal in the words of either side. */
const REFUSALS: Array<[RegExp, string]> = [
  [/on non-?existent doc/i, "there is no such document"],
  [/Validator error|does not match the schema/, "the document does not fit the schema"],
  [/expected ID in table/, "the id is of another table"],
  [/unique\(\) query returned more than one/, "there is more than one"],
  [/used in `withIndex`|The index range of/, "the range does not fit the index"],
  [/is not a function/, "a query cannot write"],
  [/failed on purpose/, "failed on purpose"],
];

class Comparable {
  // convex-test gives the same ids in the app and in the component.
  readonly #names = { app: new Map<string, string>(), child: new Map<string, string>() };
  readonly #startMs: number;

  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** Names ids by their position, unless they are known already. */
  know(prefix: string, ids: Record<string, string[]>): void {
    for (const [kind, list] of Object.entries(ids)) {
      const names = this.#names[siteOf(kind, "app")];
      for (const [position, id] of list.entries()) {
        if (!names.has(id)) names.set(id, `${prefix}${kind} ${position}`);
      }
    }
  }

  /** `site`: where the value comes from. */
  of(value: JSONValue, site: Site): JSONValue {
    if (typeof value === "string") return this.#names[site].get(value) ?? value;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map((element) => this.of(element, site));
    const fields = Object.entries(value)
      // convex-test notes it for failed jobs only.
      .filter(([name]) => name !== "completedTime")
      .map(([name, field]) => [name, this.#field(name, field ?? null, siteOf(name, site))]);
    return Object.fromEntries(fields) as JSONValue;
  }

  #field(name: string, field: JSONValue, site: Site): JSONValue {
    switch (name) {
      // Its order shows in the order of documents.
      case "_creationTime":
        return "some time";
      // convex-test does not note the error of a failed job.
      case "state":
        return (field as { kind: string }).kind;
      case "error":
        return typeof field === "string" ? refusal(field) : this.of(field, site);
      // Only Convex names the file of a job's function.
      case "name":
        return typeof field === "string" ? field.replace(".js:", ":") : this.of(field, site);
      case "scheduledTime":
        return Number(field) - this.#startMs;
      default:
        return this.of(field, site);
    }
  }
}

/** The interpreter names what comes from elsewhere "child..." or "app...". */
function siteOf(name: string, otherwise: Site): Site {
  if (name.startsWith("child")) return "child";
  return name.startsWith("app") ? "app" : otherwise;
}

function refusal(message: string): string {
  return REFUSALS.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}
