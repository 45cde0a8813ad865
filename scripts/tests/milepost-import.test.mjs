import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runNode } from "../lib/processes.mjs";

/** What each row of the file ends as. @type {Record<string, {status: string, reason?: string}>} */
const OUTCOMES = {
  1: { status: "created" },
  2: { status: "exists" },
  3: { status: "skipped", reason: "OUTSIDE_CHALLENGE_DATES" },
  4: { status: "skipped", reason: "UNMAPPED_SPORT" },
};
const EXPORT = [
  "Activity ID,Activity Date,Activity Name,Activity Type,Elapsed Time,Distance",
  '1,"Jun 9, 2026, 8:00:00 AM",One,Run,600,3.2',
  '2,"Jun 8, 2026, 8:00:00 AM",Two,Run,600,3.2',
  '3,"Jan 1, 2020, 8:00:00 AM",Three,Run,600,3.2',
  '4,"Jun 7, 2026, 8:00:00 AM",Four,Surfing,600,3.2',
];

/** @type {import("node:http").Server} */
let server;
/** @type {string} */
let folder;
/** @type {Array<{method?: string | undefined, url?: string | undefined, body: {rows: Array<{externalId: string}>, today?: string} | null}>} */
let calls;

/** Answers as the API does, and notes what it was asked. */
beforeEach(async () => {
  calls = [];
  folder = mkdtempSync(join(tmpdir(), "milepost-import-"));
  writeFileSync(join(folder, "activities.csv"), EXPORT.join("\n"));
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk) => (text += chunk));
    request.on("end", () => {
      const { method, url } = request;
      const body = text === "" ? null : JSON.parse(text);
      calls.push({ method, url, body });
      const results = body?.rows.map((/** @type {{externalId: string}} */ { externalId }) => ({
        externalId,
        ...OUTCOMES[externalId],
      }));
      const me = { challengeId: "c1", displayName: "Ada", timezone: "UTC", name: "Summer" };
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify(results === undefined ? me : { results }));
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(null)));
});
afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** @param {string[]} more */
async function importFile(...more) {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  const args = ["import", join(folder, "activities.csv"), `--url=http://127.0.0.1:${address.port}`];
  const env = { ...process.env, MILEPOST_API_KEY: "mp_test" };
  return await runNode("scripts/milepost.mjs", [...args, ...more], { capture: true, env });
}

test("a dry run asks what would be imported, and imports nothing", async () => {
  const { code, output } = await importFile("--dry-run", "--json");
  expect(code).toBe(0);
  const posts = calls.filter(({ method }) => method === "POST");
  expect(posts.map(({ url }) => url)).toEqual(["/api/v1/challenges/c1/imports/preview"]);
  expect(posts[0]?.body?.today).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  expect(posts[0]?.body?.rows).toHaveLength(4);
  const report = JSON.parse(output.slice(output.indexOf("{")));
  expect(report).toMatchObject({ dryRun: true, person: "Ada", refused: [] });
  expect(report.counts).toEqual(
    Object.values(OUTCOMES).map(({ status, reason = "" }) => ({ status, reason, rows: 1 })),
  );
});

test("a dry run says in words which sports have no activity type", async () => {
  const { output } = await importFile("--dry-run");
  expect(output).toContain('Would import activities.csv for Ada into "Summer"');
  expect(output).toMatch(/1 {2}created/);
  expect(output).toMatch(/1 {2}exists/);
  expect(output).toMatch(/1 {2}skipped {2}OUTSIDE_CHALLENGE_DATES/);
  expect(output).toContain("Labels without an activity type here: Surfing (1)");
});

test("without the option the same rows are imported", async () => {
  const { output } = await importFile();
  const posts = calls.filter(({ method }) => method === "POST");
  expect(posts.map(({ url }) => url)).toEqual(["/api/v1/challenges/c1/imports"]);
  expect(posts[0]?.body).not.toHaveProperty("today");
  expect(output).toContain("Imported activities.csv");
});
