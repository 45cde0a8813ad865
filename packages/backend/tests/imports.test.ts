import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { api, internal } from "../_generated/api";
import type { Metrics } from "../tables/scoring";
import { snapshotTables } from "./backend.setup";
import {
  accountOf,
  km,
  log,
  type Member,
  newScene,
  type Scene,
  standAtNoon,
  TODAY,
  uuid,
  YESTERDAY,
} from "./ledger.setup";

beforeEach(standAtNoon);
afterEach(() => {
  vi.useRealTimers();
});

const { edit, remove } = api.mutations.activities;
const { importActivities, setMapping } = api.mutations.imports;

interface Row {
  externalId: string;
  sport: string;
  startedAt: number;
  loggedDate: string;
  metrics: Metrics;
  title?: string;
}

/** A run of 5 km in half an hour at eight in the morning. */
function ride(externalId: string, fields: Partial<Row> = {}): Row {
  const loggedDate = fields.loggedDate ?? TODAY;
  return {
    externalId,
    sport: "Run",
    startedAt: Date.parse(`${loggedDate}T08:00:00Z`),
    loggedDate,
    metrics: { distance_m: 5000, moving_s: 1800 },
    title: "Morning run",
    ...fields,
  };
}

type Options = { onBehalfOf?: Member["userId"]; reason?: string; allowDuplicates?: boolean };

async function send(scene: Scene, who: Member, rows: Row[], options: Options = {}) {
  const args = { challengeId: scene.challengeId, source: "archive" as const, rows, ...options };
  const { results } = await who.as.mutation(importActivities, args);
  return results.map(({ status, reason }) => reason ?? status);
}

describe("an import", () => {
  test("is one change: one standing, one streak event, one event a row", async () => {
    const scene = await newScene();
    const rows = ["2026-06-07", "2026-06-08", "2026-06-08", "2026-06-09"].map((loggedDate, index) =>
      ride(`r${index}`, { loggedDate }),
    );
    expect(await send(scene, scene.ada, rows)).toEqual(Array.from({ length: 4 }, () => "created"));
    const { rows: stored, events, standing, days } = await accountOf(scene, scene.ada);
    expect(stored[0]).toMatchObject({
      source: "archive",
      externalId: "r0",
      title: "Morning run",
      startedAtMs: rows[0]?.startedAt,
      pointsEarned: 50,
    });
    expect(events.map(({ kind, reason, pointsAfter }) => [kind, reason, pointsAfter])).toEqual([
      ["created", "imported", 50],
      ["created", "imported", 50],
      ["created", "imported", 50],
      ["created", "imported", 50],
      ["created", "streakChanged", 6],
    ]);
    expect(events[0]?.actor).toEqual({ kind: "import", userId: scene.ada.userId });
    expect(standing).toMatchObject({ totalPoints: 206, activityCount: 4, streakLength: 3 });
    expect(days.map(({ day, points }) => [day, points])).toEqual([
      ["2026-06-07", 50],
      ["2026-06-08", 100],
      ["2026-06-09", 50],
    ]);
  });

  test("a second time writes nothing at all", async () => {
    const scene = await newScene();
    const rows = [
      ride("r1"),
      ride("r2", { loggedDate: YESTERDAY }),
      ride("r3", { sport: "Curling" }),
    ];
    expect(await send(scene, scene.ada, rows)).toEqual(["created", "created", "UNMAPPED_SPORT"]);
    const before = await snapshotTables(scene.t);
    expect(await send(scene, scene.ada, rows)).toEqual(["exists", "exists", "UNMAPPED_SPORT"]);
    expect(await snapshotTables(scene.t)).toEqual(before);
  });

  test("B1 with the same requestId answers the first results", async () => {
    const scene = await newScene();
    const { challengeId, ada } = scene;
    const args = {
      challengeId,
      source: "archive" as const,
      rows: [ride("r1")],
      requestId: uuid(1),
    };
    const first = await ada.as.mutation(importActivities, args);
    expect(await ada.as.mutation(importActivities, args)).toEqual(first);
    expect(first.results).toEqual([{ externalId: "r1", status: "created", pointsEarned: 50 }]);
  });

  test("skips every bad row with its reason and keeps the others", async () => {
    const scene = await newScene();
    const rows = [
      ride("old", { loggedDate: "2026-06-02" }),
      ride("before", { loggedDate: "2025-06-08" }),
      ride("tomorrow", { loggedDate: "2026-06-11" }),
      ride("nan", { metrics: { distance_m: Number.NaN } }),
      ride("far", { metrics: km(1001) }),
      ride("bare", { metrics: {} }),
      ride("", {}),
      ride("x".repeat(65)),
      ride("early", { startedAt: Number.NaN }),
      ride("otherDay", { startedAt: Date.parse("2026-06-05T08:00:00Z") }),
      ride("noDay", { loggedDate: "2026-02-30", startedAt: 0 }),
      ride("label", { sport: " " }),
      ride("unknown", { sport: "Curling" }),
      ride("good"),
    ];
    expect(await send(scene, scene.ada, rows)).toEqual([
      ...Array.from({ length: 3 }, () => "OUTSIDE_CHALLENGE_DATES"),
      ...Array.from({ length: 9 }, () => "INVALID_INPUT"),
      "UNMAPPED_SPORT",
      "created",
    ]);
    expect((await accountOf(scene, scene.ada)).standing.totalPoints).toBe(51);
  });

  test("of one id twice takes the first", async () => {
    const scene = await newScene();
    const rows = [ride("r1"), ride("r1", { metrics: km(9) })];
    expect(await send(scene, scene.ada, rows)).toEqual(["created", "exists"]);
    expect(await send(scene, scene.ada, rows)).toEqual(["exists", "exists"]);
    expect((await accountOf(scene, scene.ada)).standing.totalPoints).toBe(51);
  });

  test("counts the rows before it against the limits", async () => {
    const scene = await newScene();
    const { challengeId, admin, types } = scene;
    const mapping = { challengeId, label: "Stretching", activityTypeId: types.stretch };
    await admin.as.mutation(setMapping, mapping);
    const rows = ["1", "2", "3"].map((id) => ride(id, { sport: "Stretching" }));
    expect(await send(scene, scene.ada, rows)).toEqual(["created", "created", "LIMIT_REACHED"]);
  });

  test("of somebody's file by an admin reaches any day and says who and why", async () => {
    const scene = await newScene();
    const rows = [
      ride("r1", { loggedDate: "2026-06-01" }),
      ride("r2", { loggedDate: "2026-05-31" }),
      ride("r3", { loggedDate: "2026-06-02" }),
    ];
    const options = { onBehalfOf: scene.ada.userId, reason: "Her old export" };
    expect(await send(scene, scene.admin, rows, options)).toEqual([
      "created",
      "OUTSIDE_CHALLENGE_DATES",
      "created",
    ]);
    const { events, notes, rows: stored } = await accountOf(scene, scene.ada);
    expect(events[0]?.actor).toEqual({ kind: "import", userId: scene.admin.userId });
    // The words are kept once for the whole chunk.
    expect(notes).toMatchObject([{ eventId: events[0]?._id, text: "Her old export" }]);
    // An import is not an admin's correction: a later export may update it.
    expect(stored[0]?.isSticky).toBe(false);
  });
});

describe("a later export", () => {
  test("updates what its source changed, and scores it again", async () => {
    const scene = await newScene();
    await send(scene, scene.ada, [ride("r1"), ride("r2", { loggedDate: YESTERDAY })]);
    const changed = [
      ride("r1", { metrics: { distance_m: 6000, moving_s: 1800 } }),
      ride("r2", { loggedDate: YESTERDAY, title: "Evening run" }),
      ride("r3", { loggedDate: "2026-06-08" }),
    ];
    expect(await send(scene, scene.ada, changed)).toEqual(["updated", "updated", "created"]);
    const { rows, events } = await accountOf(scene, scene.ada);
    expect(
      rows.filter(({ source }) => source === "archive").map((row) => row.pointsEarned),
    ).toEqual([60, 50, 50]);
    expect(rows.map(({ title }) => title)).toContain("Evening run");
    // A new title moves no points, so it has no event.
    expect(events.filter(({ kind }) => kind === "edited")).toHaveLength(1);
    expect(await send(scene, scene.ada, changed)).toEqual(["exists", "exists", "exists"]);
  });

  test("leaves alone what was removed, what an admin changed, and what its person corrected", async () => {
    const scene = await newScene();
    const rows = [ride("gone"), ride("checked"), ride("mine")];
    await send(scene, scene.ada, rows);
    const stored = (await accountOf(scene, scene.ada)).rows;
    const idOf = (externalId: string) => {
      const row = stored.find((one) => one.externalId === externalId);
      if (row === undefined) throw new Error("not imported");
      return row._id;
    };
    await scene.ada.as.mutation(remove, { activityId: idOf("gone") });
    const correction = { activityId: idOf("checked"), metrics: km(4), reason: "GPS drift" };
    await scene.admin.as.mutation(edit, correction);
    await scene.ada.as.mutation(edit, { activityId: idOf("mine"), metrics: km(4.5) });
    expect(await send(scene, scene.ada, rows)).toEqual(["DELETED", "exists", "exists"]);
    const changed = rows.map((row) => ({ ...row, metrics: km(7) }));
    expect(await send(scene, scene.ada, changed)).toEqual(["DELETED", "ADMIN_CHANGED", "updated"]);
  });

  test("with another title keeps what its person corrected", async () => {
    const scene = await newScene();
    await send(scene, scene.ada, [ride("r1")]);
    const [row] = (await accountOf(scene, scene.ada)).rows;
    if (row === undefined) throw new Error("not imported");
    const change = { activityId: row._id, activityTypeId: scene.types.stretch };
    await scene.ada.as.mutation(edit, change);
    const renamed = [ride("r1", { title: "Stretching, really" })];
    expect(await send(scene, scene.ada, renamed)).toEqual(["updated"]);
    expect(await send(scene, scene.ada, renamed)).toEqual(["exists"]);
    const [now] = (await accountOf(scene, scene.ada)).rows;
    expect(now).toMatchObject({ title: "Stretching, really", pointsEarned: 5 });
  });

  test("whose rows change places finds room for all of them at once", async () => {
    const scene = await newScene();
    const { challengeId, admin, types, ada } = scene;
    const sport = "Stretching";
    await admin.as.mutation(setMapping, {
      challengeId,
      label: sport,
      activityTypeId: types.stretch,
    });
    const on = (loggedDate: string) => (id: string) => ride(id, { sport, loggedDate });
    const rows = [...["a", "b"].map(on(TODAY)), ...["c", "d"].map(on(YESTERDAY))];
    expect(new Set(await send(scene, ada, rows))).toEqual(new Set(["created"]));
    // c wants the place that b leaves later in the same chunk.
    const moved = [on(TODAY)("c"), on("2026-06-08")("b")];
    expect(await send(scene, ada, moved)).toEqual(["updated", "updated"]);
    expect(await send(scene, ada, moved)).toEqual(["exists", "exists"]);
  });

  test("takes a new sport label as a new type", async () => {
    const scene = await newScene();
    const { challengeId, admin, types } = scene;
    await send(scene, scene.ada, [ride("r1")]);
    await admin.as.mutation(setMapping, {
      challengeId,
      label: "Stretching",
      activityTypeId: types.stretch,
    });
    expect(await send(scene, scene.ada, [ride("r1", { sport: "Stretching" })])).toEqual([
      "updated",
    ]);
    const { rows } = await accountOf(scene, scene.ada);
    expect(rows[0]).toMatchObject({ activityTypeId: types.stretch, pointsEarned: 5 });
  });
});

describe("sport labels", () => {
  test("count as the starter type they name, unless the challenge decided otherwise", async () => {
    const scene = await newScene();
    const { challengeId, admin, types, ada } = scene;
    expect(await send(scene, ada, [ride("r1", { sport: "Trail Run" })])).toEqual(["created"]);
    await admin.as.mutation(setMapping, {
      challengeId,
      label: "Curling",
      activityTypeId: types.hike,
    });
    await admin.as.mutation(setMapping, { challengeId, label: "Trail Run", activityTypeId: null });
    const rows = [ride("r2", { sport: "Curling" }), ride("r3", { sport: "Trail Run" })];
    expect(await send(scene, ada, rows)).toEqual(["created", "UNMAPPED_SPORT"]);
    const mappings = await scene.t.query(api.queries.imports.mappings, { challengeId });
    expect(mappings).toEqual([
      { label: "Curling", activityTypeId: types.hike },
      { label: "Trail Run", activityTypeId: null },
    ]);
  });
});

describe("A15 a likely duplicate", () => {
  const half = { duration_s: 1800 };

  test.each<[string, Metrics, Metrics]>([
    ["alike within 15 %", { distance_m: 5000, ...half }, { distance_m: 5700, moving_s: 1600 }],
    ["as long, without a distance", half, { duration_s: 1700 }],
    ["as far, without a time", km(5), { distance_m: 5200, moving_s: 1800, duration_s: 2000 }],
    ["of its type, without a measure", {}, { distance_m: 5200, moving_s: 1800 }],
  ])(
    "of a row by hand that is %s is skipped, unless asked for",
    async (_what, manual, imported) => {
      const scene = await newScene();
      const { challengeId, admin, types, ada } = scene;
      const label = "Stretching";
      await admin.as.mutation(setMapping, { challengeId, label, activityTypeId: types.stretch });
      await log(scene, ada, { type: "stretch", metrics: manual });
      const rows = [ride("r1", { sport: label, metrics: imported })];
      expect(await send(scene, ada, rows)).toEqual(["LIKELY_DUPLICATE"]);
      expect(await send(scene, ada, rows, { allowDuplicates: true })).toEqual(["created"]);
      expect(await send(scene, ada, rows)).toEqual(["exists"]);
    },
  );

  test.each<[string, Metrics, Metrics, string]>([
    ["further", { distance_m: 5000, ...half }, { distance_m: 5900, moving_s: 1800 }, TODAY],
    ["longer", { distance_m: 5000, ...half }, { distance_m: 5000, duration_s: 2200 }, TODAY],
    ["on another day", { distance_m: 5000, ...half }, { distance_m: 5000, ...half }, YESTERDAY],
    ["further, without a time", km(5), { distance_m: 5900, moving_s: 1800 }, TODAY],
  ])("is not one that is %s", async (_what, manual, imported, loggedDate) => {
    const scene = await newScene();
    await log(scene, scene.ada, { metrics: manual });
    const rows = [ride("r1", { metrics: imported, loggedDate })];
    expect(await send(scene, scene.ada, rows)).toEqual(["created"]);
  });

  test("is never one of the same archive, nor one that was removed", async () => {
    const scene = await newScene();
    const { ada } = scene;
    const metrics = { distance_m: 5000, duration_s: 1800 };
    const { activityId } = await log(scene, ada, { metrics });
    await ada.as.mutation(remove, { activityId });
    expect(await send(scene, ada, [ride("r1"), ride("r2")])).toEqual(["created", "created"]);
  });
});

describe("D13 a preview", () => {
  test("says what the import then does, and writes nothing", async () => {
    const scene = await newScene();
    const { t, challengeId, ada } = scene;
    await send(scene, ada, [ride("known")]);
    await log(scene, ada, { metrics: { distance_m: 8000, duration_s: 3600 } });
    const rows = [
      ride("known"),
      ride("new", { metrics: km(3) }),
      ride("twin", { metrics: { distance_m: 8100, moving_s: 3500 } }),
      ride("old", { loggedDate: "2026-06-01" }),
      ride("odd", { sport: "Curling" }),
    ];
    const args = { challengeId, source: "archive" as const, rows };
    const before = await snapshotTables(t);
    const preview = api.queries.imports.preview;
    const previewed = await ada.as.query(preview, { ...args, today: TODAY });
    expect(await snapshotTables(t)).toEqual(before);
    expect(previewed.results.map(({ status, reason }) => reason ?? status)).toEqual([
      "exists",
      "created",
      "LIKELY_DUPLICATE",
      "OUTSIDE_CHALLENGE_DATES",
      "UNMAPPED_SPORT",
    ]);
    expect(await ada.as.mutation(importActivities, args)).toEqual(previewed);
  });

  test("for an admin reaches any day, as the admin's import does", async () => {
    const scene = await newScene();
    const { challengeId, admin, ada } = scene;
    const rows = [ride("r1", { loggedDate: "2026-06-01" })];
    const args = { challengeId, source: "archive" as const, rows, onBehalfOf: ada.userId };
    const { results } = await admin.as.query(api.queries.imports.preview, {
      ...args,
      today: TODAY,
    });
    expect(results).toEqual([{ externalId: "r1", status: "created", pointsEarned: 50 }]);
  });
});

describe("a final challenge", () => {
  test("skips every new row and changes nothing", async () => {
    const scene = await newScene();
    const { t, challengeId, admin, ada } = scene;
    await send(scene, ada, [ride("r1")]);
    vi.setSystemTime(new Date("2026-07-04T12:00:00Z"));
    await admin.as.mutation(api.mutations.challenges.finalize, { challengeId });
    const before = await snapshotTables(t);
    const rows = [ride("r1"), ride("r1b"), ride("r2", { loggedDate: YESTERDAY })];
    const options = { onBehalfOf: ada.userId, reason: "Late" };
    expect(await send(scene, admin, rows, options)).toEqual([
      "exists",
      "CHALLENGE_FINAL",
      "CHALLENGE_FINAL",
    ]);
    expect(await snapshotTables(t)).toEqual(before);
    const verified = await t.query(internal.queries.maintenance.verifyPage, { challengeId });
    expect(verified.findings).toEqual([]);
  });
});
