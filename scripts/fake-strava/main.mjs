// A Strava for this machine only: what Milepost uses of its API, with made-up athletes, or recorded ones where a folder
// of recordings is given. See --help.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, runMain } from "../lib/failure.mjs";
import { readOptions } from "../lib/options.mjs";
import { FakeStrava } from "./core.mjs";
import { planStorm } from "./storm.mjs";
import { serveFake } from "./server.mjs";

const OPTIONS = /** @type {const} */ ({
  port: { type: "string", value: "N", default: "3300", help: "port on 127.0.0.1" },
  "client-id": { type: "string", default: "4711", help: "the app's id" },
  "client-secret": { type: "string", default: "fake-secret", help: "the app's secret" },
  recordings: {
    type: "string",
    value: "DIR",
    help: "folder of recorded answers to serve activities from",
  },
  storm: {
    type: "string",
    value: "EVENTS",
    help: "deliver a storm of so many events once subscribed",
  },
  seed: { type: "string", value: "N", default: "1", help: "seed of the storm" },
  limit: { type: "string", value: "N", default: "100", help: "reads a quarter hour" },
});

/** Serves the activities of a folder of recordings as those of their athletes. @param {FakeStrava} fake @param {string} folder */
function loadRecordings(fake, folder) {
  if (!existsSync(folder)) throw new Failure(`There is no folder ${folder}.`);
  let count = 0;
  /** @param {unknown} json */
  const visit = (json) => {
    if (typeof json !== "object" || json === null) return;
    const fields = /** @type {any} */ (json);
    if (fields.start_date_local && fields.athlete?.id && fields.id && fields.elapsed_time) {
      fake.put(String(fields.athlete.id), fields);
      count += 1;
    } else Object.values(fields).forEach(visit);
  };
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".json")))
    visit(JSON.parse(readFileSync(join(folder, name), "utf8")));
  console.log(`${count} recorded activities`);
}

/** Delivers a storm to the subscribed callback. @param {FakeStrava} fake @param {number} events @param {number} seed */
async function storm(fake, events, seed) {
  while (fake.subscription === null) await new Promise((resolve) => setTimeout(resolve, 500));
  const athleteIds = ["1001", "1002", "1003"];
  const day = (/** @type {number} */ ago) =>
    new Date(Date.now() - ago * 86_400_000).toISOString().slice(0, 10);
  const plan = planStorm(fake, { seed, events, athleteIds, days: [0, 1, 2, 3].map(day) });
  const { callbackUrl } = fake.subscription;
  for (const payload of plan.deliveries)
    await fetch(callbackUrl, { method: "POST", body: JSON.stringify(payload) });
  console.log(`storm of seed ${seed}`, { ...plan.counts, deliveries: plan.deliveries.length });
}

await runMain(async () => {
  const options = readOptions(
    "node scripts/fake-strava/main.mjs [options]",
    OPTIONS,
    process.argv.slice(2),
  );
  if (options === null) return 0;
  const fake = new FakeStrava({
    clientId: options["client-id"],
    clientSecret: options["client-secret"],
    now: () => Date.now(),
    call: async (url) => await (await fetch(url)).text(),
    readQuarter: Number(options.limit),
  });
  if (options.recordings !== undefined) loadRecordings(fake, options.recordings);
  else fake.activitiesOf("1001");
  const { url } = await serveFake(fake, Number(options.port));
  console.log(`A made-up Strava answers on ${url}. Give the deployment
  STRAVA_API_BASE_URL=${url}
  STRAVA_CLIENT_ID=${options["client-id"]}
  STRAVA_CLIENT_SECRET=${options["client-secret"]}
Control it by POST to ${url}/fake/activity {athleteId, activity}, /fake/remove {athleteId, id}, /fake/revoke {athleteId},
/fake/fault {kind: limit | server | timeout | truncated, times} and /fake/event {athleteId, objectId, aspect}.`);
  if (options.storm !== undefined) await storm(fake, Number(options.storm), Number(options.seed));
  // Runs until it is stopped.
  return await new Promise(() => {});
});
