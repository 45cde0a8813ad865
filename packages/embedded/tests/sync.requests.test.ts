/** The requests of one client: what is told before what, and what begins no more. */
import { expect, test } from "vitest";
import { ANONYMOUS } from "../src/server/auth/caller.ts";
import { Connection } from "../src/server/sync/connection.ts";
import { Requests } from "../src/server/sync/requests.ts";
import type { SyncServices } from "../src/server/sync/services.ts";

/** An engine whose mutations commit at 7 once `held` resolves, and how many have begun. */
function startMutations(held: Promise<void>): { services: SyncServices; begun: () => number } {
  let begun = 0;
  const services = {
    engine: {
      store: { ts: 0n },
      runMutation: async () => {
        begun += 1;
        await held;
        const outcome = { success: true, value: null, logLines: [] };
        return { outcome, ts: 7n, durable: Promise.resolve() };
      },
    },
    live: { attend: () => undefined, forget: () => undefined },
  } as unknown as SyncServices;
  return { services, begun: () => begun };
}

const mutation = (requestId: number) => ({
  type: "Mutation" as const,
  requestId,
  udfPath: "write",
  args: [{}],
});

test("a mutation runs until it is answered, and no longer when its write is owed", async () => {
  const { services } = startMutations(Promise.resolve());
  const told: unknown[] = [];
  const requests = new Requests(services, {
    timestamp: String,
    send: () => void told.push("answer", requests.mutating),
    wrote: (ts) => void told.push(ts, requests.mutating),
    fail: () => void told.push("failed"),
  });
  requests.start(mutation(0), ANONYMOUS, "session");
  await requests.settled();
  expect(told).toEqual(["answer", true, 7n, false]);
});

test("a request that waits for others of its client does not begin once the server stops", async () => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const { services, begun } = startMutations(held);
  const socket = { send: () => undefined, close: () => undefined, terminate: () => undefined };
  const connection = new Connection(services, socket, { adminAllowed: true, knowsChunks: true });
  const messages = Array.from({ length: 17 }, (_, requestId) => mutation(requestId));
  for (const message of [{ type: "Connect", sessionId: "session" }, ...messages]) {
    void connection.receive(JSON.stringify(message));
  }
  await new Promise((resolve) => setImmediate(resolve));
  const left = connection.leave(1001, "server stops");
  release();
  await left;
  expect(begun()).toBe(16);
});
