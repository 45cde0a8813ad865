/** Who comes first when more is asked than the processor can do, and that everybody comes at last. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CALL, clock, settled, startLive, Watcher } from "./fixtures/server/liveQueries.ts";

/** How long a run takes, by the clock of the test: as long as a turn, so that each turn has few. */
const RUN_MS = 10;
const question = (own: number) => ({ ...CALL, args: { own } });

beforeEach(() => {
  vi.spyOn(performance, "now").mockImplementation(() => clock.ms);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** `count` people who watch the one document and have been told of it. */
async function startWatchers(count: number, log?: (line: string) => void) {
  const { engine, live } = startLive(log);
  // From the second run on it is known to read no identity: all watch one query.
  await live.query(CALL);
  const people = Array.from({ length: count }, () => new Watcher(live));
  await settled();
  engine.runMs = RUN_MS;
  return { engine, live, people };
}

/** Waits until `isSo`, for many turns at most; answers how many queries were run until then. */
async function runsUntil(engine: { runs: number }, isSo: () => boolean): Promise<number> {
  const before = engine.runs;
  for (let task = 0; task < 20_000 && !isSo(); task++) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return isSo() ? engine.runs - before : Infinity;
}

test("what a commit has met does not wait for what single people have newly asked", async () => {
  const { engine, people } = await startWatchers(200);
  const asking = people.slice(0, 100);
  for (const [n, person] of asking.entries()) person.ask(question(n));
  const answered = () => asking.filter(({ told }) => told.length === 2).length;
  await runsUntil(engine, () => answered() > 0);
  engine.commit();
  const shown = () => people.every(({ told }) => told[0] === 1);
  expect(await runsUntil(engine, shown)).toBeLessThanOrEqual(5);
  expect(answered()).toBeLessThan(10);
  expect(await runsUntil(engine, () => answered() === asking.length)).toBeLessThanOrEqual(100);
});

test("who waits long for an answer is shown what else it watches once a second", async () => {
  const { engine, people } = await startWatchers(100);
  for (const [n, person] of people.entries()) person.ask(question(n));
  const last = people.at(-1)!;
  let shown = 0;
  last.onTold = () => void shown++;
  engine.onTurn = () => setImmediate(() => engine.commit());
  const startMs = clock.ms;
  await runsUntil(engine, () => last.told.length === 2);
  engine.onTurn = () => undefined;
  const seconds = (clock.ms - startMs) / 1000;
  expect(seconds).toBeGreaterThan(1);
  expect(shown).toBeGreaterThan(1);
  expect(shown).toBeLessThanOrEqual(2 + seconds);
});

test("commits without end keep nobody from an answer to a new question", async () => {
  const { engine, people } = await startWatchers(20);
  const busy = Array.from({ length: 30 }, (_, n) => ({ ...CALL, args: { other: n } }));
  for (const person of people.slice(0, 10)) person.ask(...busy);
  await settled();
  engine.onTurn = () => setImmediate(() => engine.commit());
  engine.commit();
  const asking = people.slice(10);
  for (const [n, person] of asking.entries()) person.ask(question(n));
  const answered = () => asking.every(({ told }) => told.length === 2);
  expect(await runsUntil(engine, answered)).toBeLessThan(300);
  engine.onTurn = () => undefined;
});

test("what several newly ask comes before what single people have asked", async () => {
  const { engine, people } = await startWatchers(60);
  for (const [n, person] of people.slice(0, 50).entries()) person.ask(question(n));
  const together = people.slice(50);
  for (const person of together) person.ask(question(1000));
  const told = () => together.every(({ told: heard }) => heard.length === 2);
  expect(await runsUntil(engine, told)).toBeLessThanOrEqual(5);
});

test("others come in between the queries of one who asks a thousand, and has them at once", async () => {
  const { engine, people } = await startWatchers(20);
  const [asking, ...others] = people;
  const heard: number[] = [];
  asking!.onTold = () => void heard.push(asking!.told.length);
  let mostInATurn = 0;
  let before = engine.runs;
  engine.onTurn = () => {
    mostInATurn = Math.max(mostInATurn, engine.runs - before);
    before = engine.runs;
  };
  asking!.ask(...Array.from({ length: 1000 }, (_, n) => question(n)));
  await runsUntil(engine, () => engine.runs > 100);
  for (const [n, person] of others.entries()) person.ask(question(2000 + n));
  const answered = () => others.every(({ told }) => told.length === 2);
  expect(await runsUntil(engine, answered)).toBeLessThan(100);
  expect(await runsUntil(engine, () => asking!.told.length === 1001)).toBeLessThan(1000);
  expect(mostInATurn).toBeLessThanOrEqual(5);
  expect(new Set(heard)).toEqual(new Set([1, 1001]));
});

test("one who watches many queries is told them, though a commit meets them all every time", async () => {
  const { engine, people } = await startWatchers(1);
  const [watcher] = people;
  watcher!.ask(...Array.from({ length: 100 }, (_, n) => ({ ...CALL, args: { other: n } })));
  await runsUntil(engine, () => watcher!.told.length === 101);
  let heard = 0;
  watcher!.onTold = () => void heard++;
  engine.onTurn = () => setImmediate(() => engine.commit());
  engine.commit();
  expect(await runsUntil(engine, () => heard > 1)).toBeLessThan(500);
  engine.onTurn = () => undefined;
});

test("what somebody asks while queries of a turn wait for the host is answered too", async () => {
  const { engine, people } = await startWatchers(2);
  const [first, second] = people;
  engine.runMs = 0;
  let isAsked = false;
  engine.beforeRun = async () => {
    await settled();
    if (!isAsked) second!.ask(question(3));
    isAsked = true;
  };
  first!.ask(question(1));
  second!.ask(question(2));
  expect(await runsUntil(engine, () => second!.told.length === 3)).toBeLessThanOrEqual(3);
  expect(first!.told).toEqual([0, 0]);
});

test("a turn that fails ends those it ran queries for, and nobody else", async () => {
  const lines: string[] = [];
  const { engine, live, people } = await startWatchers(3, (line) => void lines.push(line));
  const [asking, other, later] = people;
  engine.beforeRun = ({ args }) => {
    if (args["own"] === 1) throw new Error("the engine has failed");
  };
  asking!.onFail = () => live.forget(asking!);
  asking!.ask(question(1));
  await runsUntil(engine, () => asking!.failed);
  other!.ask(question(2));
  expect(await runsUntil(engine, () => other!.told.length === 2)).toBe(1);
  expect([later!.failed, other!.failed]).toEqual([false, false]);
  expect(lines).toEqual([expect.stringContaining("the engine has failed")]);
});

test("nothing is run any more for somebody who goes in the middle of a turn", async () => {
  const { engine, live, people } = await startWatchers(2);
  const [going, other] = people;
  going!.ask(...Array.from({ length: 1000 }, (_, n) => question(n)));
  await runsUntil(engine, () => engine.runs > 5);
  engine.beforeRun = () => {
    engine.beforeRun = () => undefined;
    going!.go();
  };
  other!.ask(question(2000));
  expect(await runsUntil(engine, () => other!.told.length === 2)).toBeLessThanOrEqual(3);
  const { runs } = engine;
  engine.commit();
  await settled();
  expect(engine.runs - runs).toBe(1);
  expect(live.subscriptions).toBe(2);
  expect(going!.told).toEqual([0]);
});
