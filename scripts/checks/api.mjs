// Calls the HTTP API of an embedded deployment over real HTTP, by hand and with the command line client.
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { api, internal } from "@milepost/backend/api";
import { Checklist } from "../lib/checklist.mjs";
import { connect } from "../lib/client.mjs";
import { deployBackend } from "../lib/deploy.mjs";
import { runMain } from "../lib/failure.mjs";
import { runNode } from "../lib/processes.mjs";
import { withDeployment } from "../lib/temporary.mjs";
import { verifyChallenge } from "../lib/verify.mjs";

/** @typedef {import("../lib/embedded.mjs").Deployment} Deployment */

const EXPORT_HEADER =
  "Activity ID,Activity Date,Activity Name,Activity Type,Activity Description,Elapsed Time,Distance,Relative Effort,Commute,Activity Gear,Filename,Athlete Weight,Bike Weight,Elapsed Time,Moving Time,Distance,Max Speed,Average Speed,Elevation Gain";
const TODAY = new Date().toISOString().slice(0, 10);

/** A run of 3.2 km at midnight of today. */
function exportRow() {
  const day = new Date(TODAY).toLocaleDateString("en-US", { dateStyle: "medium", timeZone: "UTC" });
  return `1,"${day}, 12:00:01 AM",Morning,Run,,600,3.2,,false,,,,,600,600,3200,,,`;
}

/** A running challenge with an organiser and a participant. @param {ReturnType<typeof connect>} connection */
async function newChallenge(connection) {
  /** @param {string} displayName */
  const newPerson = async (displayName) => {
    const made = await connection.admin.mutation(internal.mutations.admin.createPerson, {
      displayName,
      timezone: "UTC",
    });
    return connection.as(made.userId);
  };
  const organiser = await newPerson("Olga");
  const participant = await newPerson("Ada");
  const { challengeId, joinCode } = await organiser.mutation(api.mutations.challenges.create, {
    name: "By key",
    startsOn: TODAY,
    endsOn: TODAY,
    timezone: "UTC",
    visibility: "private",
    starterTypes: ["run"],
  });
  await participant.mutation(api.mutations.challenges.join, { joinCode });
  return { organiser, participant, challengeId };
}

/** @param {Deployment} deployment */
function caller({ siteUrl }) {
  /** @param {string} method @param {string} path @param {{key?: string, body?: unknown, headers?: Record<string, string>}} [sent] */
  return async (method, path, { key, body, headers = {} } = {}) => {
    const response = await fetch(`${siteUrl}/api/v1${path}`, {
      method,
      headers: {
        ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true;
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : text,
    };
  };
}

/**
 * @param {Checklist} list @param {ReturnType<typeof caller>} send
 * @param {{challengeId: string, key: string, readKey: string}} place
 */
async function checkHttp(list, send, { challengeId, key, readKey }) {
  const path = `/challenges/${challengeId}/activities`;
  const types = await send("GET", `/challenges/${challengeId}/activity-types`, { key });
  const activityTypeId = types.body.items[0].activityTypeId;
  const metrics = { distance: { value: 2, unit: "mile" } };
  const body = { activityTypeId, loggedDate: TODAY, metrics };
  const headers = { "Idempotency-Key": randomUUID() };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => send("POST", path, { key, body, headers })),
  );
  const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
  list.equal("B1 one of 10 equal calls at once logs", statuses, [...Array(9).fill(200), 201]);
  list.equal("2 miles at 7.5 are 15 points", answers[0]?.body.pointsEarned, 15);
  const mismatch = await send("POST", path, { key, body: { ...body, notes: "x" }, headers });
  list.equal(
    "B2 another body under the same key is refused",
    [mismatch.status, mismatch.body.code],
    [409, "IDEMPOTENCY_MISMATCH"],
  );
  const forbidden = await send("POST", path, { key: readKey, body });
  list.equal("a key to read cannot log", forbidden.body.code, "INSUFFICIENT_SCOPE");
  const infinite = `{"activityTypeId":"${activityTypeId}","loggedDate":"${TODAY}","metrics":{"distance_m":1e400}}`;
  list.equal(
    "D1 1e400 is refused",
    (await send("POST", path, { key, body: infinite })).status,
    400,
  );
  const huge = await send("POST", path, { key, body: "x".repeat(300_000) });
  list.equal("a body of 300 kB is refused", huge.status, 413);
  const made = await send("GET", "/me", {
    headers: { Authorization: `Bearer ${key.slice(0, -1)}` },
  });
  list.equal("F10 a truncated key is refused", made.status, 401);
  const giant = await send("GET", "/me", {
    headers: { Authorization: `Bearer ${"x".repeat(12_000)}` },
  });
  list.equal("F10 a giant header is refused", giant.status, 401);
  const cursor = await send("GET", `${path}?cursor=bm9uc2Vuc2U`, { key });
  list.equal("H3 a made-up cursor is refused", [cursor.status, cursor.body.path], [400, "cursor"]);
  const page = await send("GET", `${path}?limit=1`, { key });
  const [place] = JSON.parse(Buffer.from(page.body.nextCursor, "base64url").toString());
  const damaged = Buffer.from(JSON.stringify([place, "damaged"])).toString("base64url");
  const built = await send("GET", `${path}?limit=1&cursor=${damaged}`, { key });
  list.equal(
    "H3 a cursor built around the right list is refused",
    [built.status, built.body.path],
    [400, "cursor"],
  );
  const next = await send("GET", `${path}?limit=1&cursor=${page.body.nextCursor}`, { key });
  list.that("a list goes on by its cursor", next.status === 200, next.body);
  const document = await send("GET", "/openapi.json");
  list.equal("the document is OpenAPI 3.1", document.body.openapi, "3.1.0");
  const docs = await send("GET", "/docs");
  list.that(
    "the readable page names every path",
    Object.keys(document.body.paths).every((name) => docs.body.includes(name)),
    docs.status,
  );
}

/**
 * @param {Checklist} list @param {Deployment} deployment @param {{key: string, readKey: string}} keys
 */
async function checkCommandLine(list, deployment, { key, readKey }) {
  /** @param {string[]} args @param {string} [as] */
  const run = async (args, as = key) => {
    process.env.MILEPOST_URL = deployment.siteUrl;
    process.env.MILEPOST_API_KEY = as;
    return await runNode("scripts/milepost.mjs", args, { capture: true });
  };
  const me = await run(["me"]);
  list.that("milepost me", me.code === 0 && me.output.includes("Ada"), me);
  const logged = await run(["log", "--type=run", "--distance=1 mile", "--json"]);
  list.equal("milepost log", [logged.code, JSON.parse(logged.output || "{}").pointsEarned], [0, 8]);
  const listed = await run(["list"]);
  list.that("milepost list", listed.code === 0 && listed.output.split("\n").length >= 3, listed);
  const board = await run(["board"]);
  list.that("milepost board", board.code === 0 && board.output.includes("Ada"), board);
  const week = await run(["board", "--week=1"]);
  list.equal("milepost board --week", week.code, 0);
  const standing = await run(["standing"]);
  list.that(
    "milepost standing",
    standing.code === 0 && standing.output.includes("points"),
    standing,
  );
  const csv = `${deployment.dataDir}/activities.csv`;
  writeFileSync(csv, `${EXPORT_HEADER}\n${exportRow()}\n`);
  // What was logged above looks like the same run.
  const importing = ["import", csv, "--allow-duplicates"];
  const dryRun = async () => {
    const { output } = await run([...importing, "--dry-run", "--json"]);
    // What the progress says comes before, by another stream.
    return JSON.parse(output.slice(output.indexOf("{")));
  };
  list.equal("milepost import --dry-run", (await dryRun()).counts, [
    { status: "created", reason: "", rows: 1 },
  ]);
  const imported = await run(importing);
  list.that(
    "milepost import",
    imported.code === 0 && imported.output.includes("Imported"),
    imported,
  );
  list.equal("what a dry run said was not there before, and is now", (await dryRun()).counts, [
    { status: "exists", reason: "", rows: 1 },
  ]);
  const refused = await run(["log", "--type=run", "--distance=1 mile"], readKey);
  list.that("a refusal ends with 1 and says what to do", refused.code === 1, refused);
  list.equal("wrong usage ends with 2", (await run(["log", "--nonsense"])).code, 2);
}

await runMain(async () => {
  const list = new Checklist();
  await withDeployment(async (deployment) => {
    await deployBackend(deployment);
    const connection = connect(deployment);
    const { participant, challengeId } = await newChallenge(connection);
    /** @param {("read" | "log")[]} scopes */
    const newKey = async (...scopes) =>
      await participant.mutation(api.mutations.apiKeys.create, {
        challengeId,
        name: "Check",
        scopes,
      });
    const { key } = await newKey("read", "log");
    const { key: readKey, apiKeyId } = await newKey("read");
    const send = caller(deployment);
    await checkHttp(list, send, { challengeId, key, readKey });
    await checkCommandLine(list, deployment, { key, readKey });
    await participant.mutation(api.mutations.apiKeys.revoke, { apiKeyId });
    list.equal(
      "F6 a revoked key is refused at once",
      (await send("GET", "/me", { key: readKey })).status,
      401,
    );
    const { findings } = await verifyChallenge(connection, challengeId);
    list.equal("verify is clean", findings, []);
  });
  return list.finish();
});
