/** What a round owes: no commit in any of its microtasks is missed, and nobody waits for a run they need not. */
import { afterEach, expect, test, vi } from "vitest";
import { CALL, clock, settled, startLive, Watcher } from "./fixtures/server/liveQueries.ts";

/** More microtasks than a round takes. */
const TICKS = Array.from({ length: 16 }, (_, ticks) => ticks);

afterEach(() => {
  vi.restoreAllMocks();
});

/** So many are told before a round pauses. */
const BEFORE_PAUSE = 128;

/** A round that pauses after `inPause`, before `last` is told; `last` watches two queries. */
async function pausedRound(
  inPause: (started: ReturnType<typeof startLive>, last: Watcher) => void,
) {
  const started = startLive();
  const { engine, live } = started;
  // From the second run on it is known to read no identity.
  await live.query(CALL);
  const others = Array.from({ length: BEFORE_PAUSE }, () => new Watcher(live));
  const last = new Watcher(live, { ...CALL, args: { other: true } });
  await settled();
  const heard: unknown[] = [];
  last.onTold = () => void heard.push(last.told);
  const lastBefore = others.at(-1);
  if (lastBefore !== undefined) {
    lastBefore.onTold = () => {
      lastBefore.onTold = () => undefined;
      inPause(started, last);
    };
  }
  engine.commit();
  await settled();
  await settled();
  return heard;
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
  expect([engine.value, ...watcher.told]).toEqual([2, 2]);
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
  expect(new Set(watchers.flatMap(({ told }) => told))).toEqual(new Set([1]));
  expect([turns, engine.runs - before]).toEqual([1, 1]);
  expect(Math.max(...atOnce)).toBeLessThanOrEqual(128);
});

test("a result of after a round is not told together with results of the round", async () => {
  const heard = await pausedRound(({ engine, live }) => {
    engine.commit();
    void live.query(CALL);
  });
  expect(heard).toEqual([[2, 2]]);
});

test("who goes while a round pauses is told nothing more", async () => {
  expect(await pausedRound(({ live }, last) => live.forget(last))).toEqual([]);
});

test("a client that cannot be told ends alone", async () => {
  const log: string[] = [];
  const { engine, live } = startLive((line) => void log.push(line));
  const [broken, well] = [new Watcher(live), new Watcher(live)];
  await settled();
  broken.onTold = () => {
    throw new RangeError("beyond all numbers");
  };
  engine.commit();
  await settled();
  live.attend(broken);
  expect([broken.failed, well.failed, ...well.told]).toEqual([true, false, 1]);
  expect(log).toEqual([0, 1].map(() => expect.stringContaining("beyond all numbers")));
});
