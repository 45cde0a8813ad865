/** The outbox alone: order, durability, and clients that do not read. */
import { expect, test } from "vitest";
import { Outbox } from "../src/server/sync/outbox.ts";

/** A socket that only takes notes; `taken` tells the outbox that the operating system has all of it. */
function recordingSocket() {
  const events: string[] = [];
  const pending: Array<() => void> = [];
  return {
    events,
    taken: () => pending.splice(0).forEach((sent) => sent()),
    send(text: string, sent: () => void) {
      events.push(text);
      pending.push(sent);
    },
    close: (code: number) => void events.push(`closed ${code}`),
    terminate: () => void events.push("terminated"),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("nothing overtakes a message that waits for its commit", async () => {
  const socket = recordingSocket();
  const outbox = new Outbox(socket, 1000, () => undefined);
  let written: () => void = () => undefined;
  outbox.push("first", new Promise((resolve) => (written = resolve)));
  outbox.push("second");
  await settled();
  expect(socket.events).toEqual([]);
  written();
  await settled();
  expect(socket.events).toEqual(["first", "second"]);
});

test("W1 a commit that does not reach the disk is never shown", async () => {
  const socket = recordingSocket();
  const outbox = new Outbox(socket, 1000, () => undefined);
  outbox.push("lost", Promise.reject(new Error("disk full")));
  outbox.push("after");
  await settled();
  expect(socket.events).toEqual(["terminated"]);
});

test("W25 a client is cut off when too much piles up, not when it reads", async () => {
  const socket = recordingSocket();
  const outbox = new Outbox(socket, 10, () => undefined);
  for (let n = 0; n < 5; n++) {
    outbox.push("12345678");
    await settled();
    socket.taken();
  }
  expect(outbox.stalledMs(Date.now())).toBeNull();
  outbox.push("12345678");
  outbox.push("12345678");
  await settled();
  expect(socket.events.at(-1)).toBe("terminated");
});

test("what was handed in is sent before an orderly close, and nothing after", async () => {
  const socket = recordingSocket();
  const outbox = new Outbox(socket, 1000, () => undefined);
  let written: () => void = () => undefined;
  outbox.push("last", new Promise((resolve) => (written = resolve)));
  outbox.end(1008, "");
  outbox.push("too late");
  written();
  await settled();
  expect(socket.events).toEqual(["last", "closed 1008"]);
});

test("W25 a client that takes nothing is noticed", async () => {
  const socket = recordingSocket();
  const outbox = new Outbox(socket, 1000, () => undefined);
  const later = Date.now() + 61_000;
  expect(outbox.stalledMs(later)).toBeNull();
  outbox.push("waiting");
  await settled();
  expect(outbox.stalledMs(later)).toBeGreaterThan(60_000);
  socket.taken();
  expect(outbox.stalledMs(later)).toBeNull();
});
