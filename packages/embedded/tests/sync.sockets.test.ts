/** Clients that take nothing any more, and such as are only slow. */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SyncServices } from "../src/server/sync/services.ts";
import { SocketServer } from "../src/server/sync/socketServer.ts";
import { Connection } from "../src/server/sync/connection.ts";
import { RawClient } from "./fixtures/server/rawClient.ts";

/** Actions with large results, and nothing else. */
const services = {
  engine: {
    store: { ts: 0n, durable: () => Promise.resolve() },
    runAction: () => Promise.resolve({ success: true, value: "x".repeat(1e6), logLines: [] }),
  },
  live: { forget: () => undefined },
} as unknown as SyncServices;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Time goes by; every 15 s what has come over the network is dealt with. */
async function pass(seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 15) {
    vi.advanceTimersByTime(15_000);
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const SLOWLY = { adminAllowed: true, knowsChunks: true };

test("W25 a client that takes something now and then is only slow, one that takes nothing is gone", async () => {
  const taken: Array<() => void> = [];
  const events: string[] = [];
  const socket = {
    send: (_text: string, sent: () => void) => void taken.push(sent),
    close: () => void events.push("closed"),
    terminate: () => void events.push("terminated"),
  };
  const connection = new Connection(services, socket, SLOWLY);
  const later = async (seconds: number): Promise<void> => {
    vi.advanceTimersByTime(seconds * 1000);
    connection.ping();
    await Promise.resolve();
  };
  // Something always waits.
  await later(0);
  await later(0);
  for (let minutes = 0; minutes < 5; minutes++) {
    await later(59);
    taken.shift()?.();
  }
  await later(59);
  expect(events).toEqual([]);
  await later(2);
  expect(events).toEqual(["terminated"]);
});

test("W24 a slow line is not taken for a client that is gone", async () => {
  const server = createServer();
  const sockets = new SocketServer(services);
  server.on("upgrade", (request, socket, head) => sockets.accept(request, socket, head, true));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const slow = await RawClient.connect(url, "slow");
  for (let requestId = 0; requestId < 40; requestId++) {
    slow.send({ type: "Action", requestId, udfPath: "large", args: [{}] });
  }
  // Its answer to a ping comes behind 40 MB, of which it takes some every 45 s.
  for (let answered = 1; answered < 20; answered += 2) {
    while (slow.received.length < answered) await slow.next();
    slow.socket.pause();
    await pass(45);
    slow.socket.resume();
  }
  expect(sockets.connections).toBe(1);
  slow.close();
  await sockets.close(0);
  server.close();
});
