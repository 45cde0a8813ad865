/** What happens to a client's queries while their results are on the way. */
import { expect, test } from "vitest";
import { ANONYMOUS } from "../src/server/auth/caller.ts";
import { QueryEntry, type LiveOwner, type WatchedCall } from "../src/server/sync/queryEntry.ts";
import { QuerySet } from "../src/server/sync/querySet.ts";
import type { SyncServices } from "../src/server/sync/services.ts";
import { emptyReadSet } from "../src/store/readSet.ts";

/** A query whose result is who asks. */
function answered(call: WatchedCall): QueryEntry {
  const entry = new QueryEntry(call, false);
  const value = call.identity?.subject ?? null;
  const traits = { journal: null, readIdentity: true, timeDependent: false };
  const outcome = { success: true as const, value, logLines: [] };
  entry.accept({ outcome, readSet: emptyReadSet(), ...traits }, { ts: 0n, later: [] });
  return entry;
}

function startQuerySet() {
  const sent: string[][] = [];
  const attended: LiveOwner[] = [];
  const services = {
    live: {
      subscribe: (owner: LiveOwner, call: WatchedCall) => ({ owner, call, entry: answered(call) }),
      unsubscribe: () => undefined,
      forget: () => undefined,
      attend: (owner: LiveOwner) => void attended.push(owner),
    },
  } as unknown as SyncServices;
  const owner = {} as LiveOwner;
  const queries = new QuerySet(services, owner, ({ start, end, modifications }) => {
    const from = `${start.querySet}:${start.identity}:${start.ts}`;
    sent.push([`${from} ${end.querySet}:${end.identity}:${end.ts}`, ...modifications]);
  });
  queries.add({ type: "Add", queryId: 0, udfPath: "who", args: [{}] }, ANONYMOUS);
  queries.reach(1);
  return { queries, sent, attended };
}

const ann = { tokenIdentifier: "t|ann", issuer: "t", subject: "ann" };
const told = (queryId: number, value: string | null) =>
  `{"queryId":${queryId},"type":"QueryUpdated","value":${JSON.stringify(value)},"logLines":[],"journal":null}`;

test("results of whom the client was before are not told after it has become somebody else", () => {
  const { queries, sent, attended } = startQuerySet();
  const onTheWay = queries.snapshot();
  queries.become({ identity: ann, isAdmin: false }, 1);
  onTheWay.deliver(5n);
  expect(sent).toEqual([]);
  expect(attended).toHaveLength(2);
  queries.snapshot().deliver(6n);
  expect(sent).toEqual([["0:0:0 1:1:6", told(0, "ann")]]);
});

test("a query that is removed while it runs is told for its version, and then as removed", () => {
  const { queries, sent } = startQuerySet();
  const onTheWay = queries.snapshot();
  queries.remove(0);
  queries.reach(2);
  onTheWay.deliver(5n);
  queries.snapshot().deliver(5n);
  expect(sent).toEqual([
    ["0:0:0 1:0:5", told(0, null)],
    ["1:0:5 2:0:5", '{"type":"QueryRemoved","queryId":0}'],
  ]);
});

test("a query with the number of one that was removed is another one", () => {
  const { queries, sent } = startQuerySet();
  queries.snapshot().deliver(5n);
  queries.remove(0);
  queries.add({ type: "Add", queryId: 0, udfPath: "who", args: [{}] }, ANONYMOUS);
  queries.reach(2);
  queries.snapshot().deliver(5n);
  expect(sent[1]).toEqual(["1:0:5 2:0:5", '{"type":"QueryRemoved","queryId":0}', told(0, null)]);
});

test("a transition that does not show the client's write yet is followed by one that does", () => {
  const { queries, sent, attended } = startQuerySet();
  const before = queries.snapshot();
  queries.owe(7n);
  before.deliver(6n);
  expect([queries.owed, attended.length]).toEqual([true, 3]);
  queries.snapshot().deliver(7n);
  queries.snapshot().deliver(8n);
  expect(queries.owed).toBe(false);
  expect(sent.map(([versions]) => versions)).toEqual(["0:0:0 1:0:6", "1:0:6 1:0:7"]);
});

test("what was told before is told under its version while the answer to something new is on its way", () => {
  const { queries, sent } = startQuerySet();
  queries.snapshot().deliver(5n);
  queries.add({ type: "Add", queryId: 1, udfPath: "who", args: [{}] }, ANONYMOUS);
  expect(queries.snapshot().subscriptions).toHaveLength(1);
  queries.reach(2);
  const { known, subscriptions } = queries.snapshot();
  expect([known?.subscriptions.length, subscriptions.length]).toEqual([1, 2]);
  queries.owe(7n);
  known?.deliver(7n);
  expect([queries.owed, sent.at(-1)]).toEqual([false, ["1:0:5 1:0:7"]]);
  queries.snapshot().deliver(8n);
  expect(sent.at(-1)).toEqual(["1:0:7 2:0:8", told(1, null)]);
  expect(queries.snapshot().known).toBeNull();
});

test("who comes back and who becomes somebody else is told everything at once", () => {
  const { queries } = startQuerySet();
  expect(queries.snapshot().known).toBeNull();
  queries.snapshot().deliver(5n);
  queries.add({ type: "Add", queryId: 1, udfPath: "who", args: [{}] }, ANONYMOUS);
  queries.reach(2);
  queries.become({ identity: ann, isAdmin: false }, 1);
  expect(queries.snapshot().known).toBeNull();
});

test("nothing is told to a client that is gone", () => {
  const { queries, sent } = startQuerySet();
  const onTheWay = queries.snapshot();
  queries.close();
  onTheWay.deliver(5n);
  expect(sent).toEqual([]);
});
