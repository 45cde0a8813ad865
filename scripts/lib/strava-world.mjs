import { randomBytes } from "node:crypto";
import { api } from "@milepost/backend/api";
import { FakeStrava } from "../fake-strava/core.mjs";
import { serveFake } from "../fake-strava/server.mjs";
import { adminPost, convexCli, deployBackend } from "./deploy.mjs";
import { moveClock, readAdminKey } from "./embedded.mjs";
import { Failure } from "./failure.mjs";
import { readState } from "./start-state.mjs";
import { withDeployment } from "./temporary.mjs";

const CLIENT = { clientId: "4711", clientSecret: "fake-secret" };

/**
 * The real backend on a deployment of its own, and a made-up Strava it talks to over HTTP.
 * @typedef {object} StravaWorld
 * @property {import("./embedded.mjs").Deployment} deployment
 * @property {FakeStrava} fake
 * @property {() => number} now what their clocks say, UTC ms
 * @property {(ms: number) => Promise<void>} pass lets time pass for both at once; needs `hasMovableClock`
 */

/**
 * Sets variables of a deployment's environment.
 * @param {{url: string, adminKey: string}} target @param {Record<string, string>} values
 */
async function setEnvironment(target, values) {
  const changes = Object.entries(values).map(([name, value]) => ({ name, value }));
  await adminPost(target, "/api/update_environment_variables", { changes });
}

/** What a deployment needs to know about the made-up Strava at an address. @param {string} baseUrl */
const variablesOf = (baseUrl) => ({
  STRAVA_CLIENT_ID: CLIENT.clientId,
  STRAVA_CLIENT_SECRET: CLIENT.clientSecret,
  STRAVA_VERIFY_TOKEN: "a token of this check",
  STRAVA_TOKEN_KEY: `check:${randomBytes(32).toString("base64")}`,
  STRAVA_API_BASE_URL: baseUrl,
});

/** @param {{url: string, adminKey: string}} target */
async function subscribe(target) {
  const { code, output } = await convexCli(["run", "integrations/strava:subscribe"], target);
  if (code !== 0) throw new Failure(`The webhook could not be subscribed.\n${output}`);
}

/**
 * Serves a made-up Strava on a free port.
 * @param {Partial<import("../fake-strava/core.d.mts").FakeOptions>} [options] where they are not the usual ones
 */
export async function startFake(options = {}) {
  const call = async (/** @type {string} */ url) => await (await fetch(url)).text();
  const fake = new FakeStrava({ ...CLIENT, now: Date.now, call, ...options });
  return { fake, ...(await serveFake(fake, 0)) };
}

/**
 * Sets the product that runs on a data folder up with a made-up Strava, and subscribes its webhook.
 * @param {string} dataDir @param {string} baseUrl
 */
export async function setUpStrava(dataDir, baseUrl) {
  const target = { url: readState(dataDir).url ?? "", adminKey: readAdminKey(dataDir) };
  await setEnvironment(target, variablesOf(baseUrl));
  await subscribe(target);
}

/**
 * Runs `body` in a world of its own that is thrown away afterwards; the webhook is subscribed, and nobody is connected.
 * @template T
 * @param {(world: StravaWorld) => Promise<T>} body
 * @param {{hasMovableClock?: boolean, limits?: Partial<import("../fake-strava/core.d.mts").FakeOptions>}} [options]
 *   limits: what Strava allows, where that is not its usual
 */
export async function withStrava(body, { hasMovableClock = false, limits = {} } = {}) {
  let aheadMs = 0;
  const now = () => Date.now() + aheadMs;
  const { fake, url, close } = await startFake({ now, ...limits });
  try {
    return await withDeployment(
      async (deployment) => {
        await setEnvironment(deployment, { ...variablesOf(url), SITE_URL: "http://127.0.0.1:9" });
        await deployBackend(deployment);
        await subscribe(deployment);
        const pass = async (/** @type {number} */ ms) => {
          await moveClock(deployment, ms);
          aheadMs += ms;
        };
        return await body({ deployment, fake, now, pass });
      },
      { hasMovableClock },
    );
  } finally {
    await close();
  }
}

/**
 * Connects a person to an athlete as a browser does.
 * @param {import("./client.mjs").Caller} person @param {string} athleteId
 */
export async function connectAthlete(person, athleteId) {
  const { url } = await person.mutation(api.mutations.strava.beginConnect, {});
  const page = new URL(url);
  page.searchParams.set("athlete_id", athleteId);
  const consent = await fetch(page, { redirect: "manual" });
  const back = await fetch(consent.headers.get("location") ?? "", { redirect: "manual" });
  const ticket = new URL(back.headers.get("location") ?? "").searchParams.get("ticket") ?? "";
  await person.mutation(api.mutations.strava.confirmConnect, { ticket });
}

/**
 * Delivers an event as Strava does; answers the status.
 * @param {FakeStrava} fake @param {unknown} event
 */
export async function deliver(fake, event) {
  const url = fake.subscription?.callbackUrl ?? "";
  return (await fetch(url, { method: "POST", body: JSON.stringify(event) })).status;
}
