/** What a round owes: no commit in any of its microtasks is missed, and nobody waits for a run they need not. */
import { afterEach, expect, test, vi } from "vitest";
import { LiveQueries, type LiveEngine } from "../src/server/sync/liveQueries.ts";
import type { LiveOwner, Subscription } from "../src/server/sync/queryEntry.ts";
import type { Commit, QueryCall, QueryRun } from "../src/types.ts";

const CALL: QueryCall = { component: "", path: "q", args: {}, identity: null, access: "public" };
/** More microtasks than a round takes. */
const TICKS = Array.from({ length: 16 }, (_, ticks) => ticks);

/** The time that goes by. */
const clock = { ms: 0 };

/** An engine with one document, which its one query reads. */
class OneDocument implements LiveEngine {
  readonly #listeners: Array<(commit: Commit) => void> = [];
  value = 0;
  /** How long a run takes, by the clock of the test. */
  runMs = 0;
  runs = 0;
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
    const { ts } = this.store;
    const runs: QueryRun[] = [];
    // As in the engine each query is run when it is asked for.
    for (const _ of typeof calls === "function" ? calls() : calls) runs.push(this.#run());
    return { ts, runs };
  }

  commit(): void {
    this.value += 1;
    this.store.ts += 1n;
    const durable = Promise.resolve();
    const written = { documentIds: new Set(["document"]), keys: new Map(), everything: false };
    for (const listener of this.#listeners) listener({ ts: this.store.ts, ...written, durable });
  }

  #run(): QueryRun {
    this.runs += 1;
    clock.ms += this.runMs;
    const readSet = { documentIds: new Set(["document"]), ranges: new Map() };
    const traits = { journal: null, readIdentity: false, timeDependent: false };
    return { outcome: { success: true, value: this.value, logLines: [] }, readSet, ...traits };
  }
}

afterEach(() => {
  vi.restoreAllMocks();
});

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
  onTold: () => void = () => undefined;

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
        this.onTold();
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

test("a run that takes longer than a turn serves everybody who waits, some at a time", async () => {
  vi.spyOn(performance, "now").mockImplementation(() => clock.ms);
  const { engine, live } = startLive();
  const watchers = Array.from({ length: 1000 }, () => new Watcher(live));
  await settled();
  const atOnce: number[] = [];
  let isOver = false;
  const counting = (async () => {
    while (!isOver) {
      atOnce.push(0);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  for (const watcher of watchers) watcher.onTold = () => void atOnce.push((atOnce.pop() ?? 0) + 1);
  const before = engine.runs;
  let turns = 0;
  engine.onTurn = () => void (turns += 1);
  engine.runMs = 50;
  engine.commit();
  for (let again = 0; again < 4; again += 1) await settled();
  isOver = true;
  await counting;
  expect(new Set(watchers.map(({ told }) => told))).toEqual(new Set([1]));
  expect([turns, engine.runs - before]).toEqual([1, 1]);
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(128);
});
