/** Clients that are gone without a word, and one that is only slow. */
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { SyncServices } from "../src/server/sync/services.ts";
import { SocketServer } from "../src/server/sync/socketServer.ts";
import { Connection } from "../src/server/sync/connection.ts";
import { RawClient } from "./fixtures/server/rawClient.ts";

/** Nothing here gets as far as asking the engine anything. */
const services = {
  engine: { store: { ts: 0n } },
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

test("a client of which nothing is heard for two minutes is given up, an idle one never", async () => {
  const server = createServer();
  const sockets = new SocketServer(services);
  server.on("upgrade", (request, socket, head) => sockets.accept(request, socket, head, true));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const idle = await RawClient.connect(url, "idle");
  const gone = await RawClient.connect(url, "gone");
  gone.socket.pause();
  await pass(105);
  expect(sockets.connections).toBe(2);
  await pass(45);
  expect(sockets.connections).toBe(1);
  await pass(600);
  expect(idle.socket.readyState).toBe(idle.socket.OPEN);
  idle.close();
  gone.close();
  await sockets.close(0);
  server.close();
});

test("a client that takes something now and then is only slow, one that takes nothing for a minute is gone", () => {
  const taken: Array<() => void> = [];
  const events: string[] = [];
  const socket = {
    send: (_text: string, sent: () => void) => void taken.push(sent),
    close: () => void events.push("closed"),
    terminate: () => void events.push("terminated"),
  };
  const connection = new Connection(services, socket, { adminAllowed: true, knowsChunks: true });
  const later = async (seconds: number): Promise<boolean> => {
    vi.advanceTimersByTime(seconds * 1000);
    const isThere = connection.ping();
    await Promise.resolve();
    return isThere;
  };
  return (async () => {
    await later(0);
    await later(0);
    for (let minutes = 0; minutes < 5; minutes++) {
      expect(await later(59)).toBe(true);
      taken.shift()?.();
    }
    expect(await later(59)).toBe(true);
    expect(await later(2)).toBe(false);
    expect(events).toEqual(["terminated"]);
  })();
});
