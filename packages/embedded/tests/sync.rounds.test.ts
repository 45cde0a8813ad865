/** A commit may come in any microtask of a round: none is ever missed. */
import { expect, test } from "vitest";
import { LiveQueries, type LiveEngine } from "../src/server/sync/liveQueries.ts";
import type { LiveOwner, Subscription } from "../src/server/sync/queryEntry.ts";
import type { Commit, QueryCall, QueryRun } from "../src/types.ts";

const CALL: QueryCall = { component: "", path: "q", args: {}, identity: null, access: "public" };
/** More microtasks than a round takes. */
const TICKS = Array.from({ length: 16 }, (_, ticks) => ticks);

/** An engine with one document, which its one query reads. */
class OneDocument implements LiveEngine {
  readonly #listeners: Array<(commit: Commit) => void> = [];
  value = 0;
  /** Called when a turn has begun. */
  onTurn: () => void = () => undefined;
  readonly store = {
    ts: 0n,
    durable: () => Promise.resolve(),
    onCommit: (listener: (commit: Commit) => void) => {
      this.#listeners.push(listener);
      return () => undefined;
    },
  };

  functionType(): "query" {
    return "query";
  }

  async runQueries(
    calls: QueryCall[] | (() => Iterable<QueryCall>),
  ): Promise<{ ts: bigint; runs: QueryRun[] }> {
    await Promise.resolve();
    this.onTurn();
    const asked = typeof calls === "function" ? [...calls()] : calls;
    return { ts: this.store.ts, runs: asked.map(() => this.#run()) };
  }

  commit(): void {
    this.value += 1;
    this.store.ts += 1n;
    const durable = Promise.resolve();
    const written = { documentIds: new Set(["document"]), keys: new Map(), everything: false };
    for (const listener of this.#listeners) listener({ ts: this.store.ts, ...written, durable });
  }

  #run(): QueryRun {
    const readSet = { documentIds: new Set(["document"]), ranges: new Map() };
    const traits = { journal: null, readIdentity: false, timeDependent: false };
    return { outcome: { success: true, value: this.value, logLines: [] }, readSet, ...traits };
  }
}

function startLive(): { engine: OneDocument; live: LiveQueries } {
  const engine = new OneDocument();
  const system = {
    handles: () => false,
    run: () => {
      throw new Error("there are no system queries here");
    },
  };
  const log = (line: string): void => {
    throw new Error(line);
  };
  return { engine, live: new LiveQueries(engine, system, log) };
}

/** Somebody who watches the query; `told` is what they heard last. */
class Watcher implements LiveOwner {
  readonly ready = true;
  readonly answering = false;
  readonly owed = false;
  readonly #subscription: Subscription;
  told: unknown;

  constructor(live: LiveQueries) {
    this.#subscription = live.subscribe(this, CALL);
    live.attend(this);
  }

  snapshot() {
    const subscription = this.#subscription;
    return {
      subscriptions: [subscription],
      deliver: () => {
        const outcome = subscription.entry.result?.outcome;
        this.told = outcome?.success === true ? outcome.value : undefined;
      },
    };
  }

  fail(): void {
    throw new Error("a round failed");
  }
}

/** More tasks than two rounds take. */
async function settled(): Promise<void> {
  for (let task = 0; task < 8; task += 1) await new Promise((resolve) => setImmediate(resolve));
}

async function microtasks(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) await Promise.resolve();
}

test.each(TICKS)("a watcher hears of a commit %i microtasks after a turn", async (ticks) => {
  const { engine, live } = startLive();
  const watcher = new Watcher(live);
  await settled();
  engine.onTurn = () => {
    engine.onTurn = () => undefined;
    void microtasks(ticks).then(() => engine.commit());
  };
  engine.commit();
  await settled();
  expect([engine.value, watcher.told]).toEqual([2, 2]);
});

test.each(TICKS)("a commit %i microtasks after a query keeps no old answer", async (ticks) => {
  const { engine, live } = startLive();
  // From the second run on it is known to read no identity.
  await live.query(CALL);
  engine.commit();
  const asked = live.query(CALL);
  await microtasks(ticks);
  engine.commit();
  await asked;
  const { result } = await live.query(CALL);
  expect(result.outcome).toMatchObject({ value: 2 });
});
