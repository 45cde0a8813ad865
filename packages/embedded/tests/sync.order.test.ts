/** Who comes first when many queries have to run again, and a client that does not keep up. */
import { expect, test, vi } from "vitest";
import { clearedDeploymentOfFile, messages, PATIENT } from "./fixtures/server/perFile.ts";
import { RawClient, type ServerMessage } from "./fixtures/server/rawClient.ts";

vi.setConfig({ testTimeout: 120_000 });
const deployment = await clearedDeploymentOfFile();

/** `count` clients that each watch a slow query of their own, once they have its first result. */
async function slowWatchers(count: number): Promise<RawClient[]> {
  const watchers = await Promise.all(
    Array.from({ length: count }, (_, n) => RawClient.connect(deployment.server.url, `slow ${n}`)),
  );
  watchers.forEach((watcher, n) => watcher.addQuery(1, 0, "messages:slow", { n }));
  for (const watcher of watchers) await watcher.until("Transition");
  return watchers;
}

const newestCount = ({ received }: RawClient): number | undefined =>
  received
    .flatMap(({ modifications }) => (modifications ?? []) as Array<{ value: { count: number } }>)
    .at(-1)?.value.count;

test("whoever wrote is answered and shown it before the queries of others run again", async () => {
  const watchers = await slowWatchers(20);
  const writer = await RawClient.connect(deployment.server.url, "writer");
  writer.addQuery(1, 0, "messages:list");
  await writer.until("Transition");
  const before = deployment.logged("slow");
  const runsAt: Record<string, number> = {};
  writer.socket.on("message", (data: Buffer) => {
    const { type } = JSON.parse(data.toString("utf8")) as ServerMessage;
    runsAt[type] ??= deployment.logged("slow") - before;
  });
  writer.mutate(0, "messages:send", { body: "x" });
  expect(await writer.until("MutationResponse")).toMatchObject({ success: true });
  expect((await writer.until("Transition")).modifications).toMatchObject([{ value: ["x"] }]);
  // A turn that has begun ends with the owner it is at: one each, two on a quick machine.
  expect(runsAt.MutationResponse).toBeLessThanOrEqual(2);
  expect(runsAt.Transition).toBeLessThanOrEqual(4);
  for (const watcher of watchers) {
    await expect.poll(() => newestCount(watcher), PATIENT).toBe(1);
    watcher.close();
  }
  writer.close();
});

test("a client that waits for many answers is shown meanwhile what else it watches", async () => {
  const client = await RawClient.connect(deployment.server.url, "asking");
  client.addQuery(1, 0, "messages:list");
  await client.until("Transition");
  const questions = Array.from({ length: 40 }, (_, n) => ({
    type: "Add",
    queryId: 1 + n,
    udfPath: "messages:slow",
    args: [{ n: 1000 + n }],
  }));
  const before = deployment.logged("slow");
  client.modify(2, ...questions);
  await expect.poll(() => deployment.logged("slow"), PATIENT).toBeGreaterThan(before);
  await deployment.http().mutation(messages.send!, { body: "meanwhile" });
  expect(deployment.logged("slow") - before).toBeLessThan(questions.length);
  const shown = await client.until("Transition");
  expect(shown).toMatchObject({
    endVersion: { querySet: 1 },
    modifications: [{ queryId: 0, value: ["meanwhile"] }],
  });
  const answered = await client.until("Transition");
  expect(answered).toMatchObject({ startVersion: { querySet: 1 }, endVersion: { querySet: 2 } });
  const results = answered.modifications as Array<{ value: { count: number } }>;
  expect(results.map(({ value }) => value.count)).toEqual(questions.map(() => 1));
  client.close();
});

test("many watchers and a stream of mutations both get on", async () => {
  // 300 queries of 30 people, all of which every mutation makes untrue.
  const people = await Promise.all(
    Array.from({ length: 30 }, (_, n) => RawClient.connect(deployment.server.url, `watch ${n}`)),
  );
  const queries = Array.from({ length: 10 }, (_, queryId) => queryId);
  people.forEach((person, n) =>
    person.modify(
      1,
      ...queries.map((queryId) => {
        const args = [{ n: n * queries.length + queryId }];
        return { type: "Add", queryId, udfPath: "messages:numbered", args };
      }),
    ),
  );
  for (const person of people) await person.until("Transition");
  const before = await deployment.reruns();
  const writers = Array.from({ length: 4 }, () => deployment.client());
  const transitions = (): number[] => people.map(({ received }) => received.length);
  const atStart = transitions();
  let written = 0;
  let streaming = true;
  const stream = writers.map(async (writer) => {
    for (; streaming; written++) await writer.mutation(messages.send!, { body: "x" });
  });
  // Everybody is told something while the stream goes on, and it does go on meanwhile.
  await expect
    .poll(() => transitions().every((told, n) => told >= atStart[n]! + 2), PATIENT)
    .toBe(true);
  const writtenMeanwhile = written;
  streaming = false;
  await Promise.all(stream);
  expect(writtenMeanwhile).toBeGreaterThan(20);
  for (const person of people) await expect.poll(() => newestCount(person), PATIENT).toBe(written);
  // Not one run for every query and commit: who cannot follow gets the newest.
  const reruns = (await deployment.reruns()) - before;
  expect(reruns).toBeLessThan((written * 300) / 2);
  people.forEach((person) => person.close());
});

test("W25 who does not read is spared the results in between", async () => {
  const reader = await RawClient.connect(deployment.server.url, "reader");
  reader.addQuery(1, 0, "messages:big", { kilobytes: 512 });
  await reader.next();
  reader.socket.pause();
  const http = deployment.http();
  const commits = 100;
  const other = deployment.client();
  const counts: number[] = [];
  other.onUpdate(messages.count!, {}, (count: number) => void counts.push(count));
  for (let n = 0; n < commits; n++) await http.mutation(messages.send!, { body: "x" });
  await expect.poll(() => counts.at(-1), PATIENT).toBe(commits);
  reader.socket.resume();
  const newest = (message: ServerMessage) =>
    (message.modifications as Array<{ value: { count: number } }>)[0]?.value.count;
  let transitions = 0;
  do transitions++;
  while (newest(await reader.until("Transition")) !== commits);
  // What the operating system takes, and two that wait.
  expect(transitions).toBeLessThan(commits / 2);
  reader.close();
});
