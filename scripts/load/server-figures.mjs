import { Failure } from "../lib/failure.mjs";

const SAMPLE_MS = 1000;
const NAMES = /** @type {const} */ ({
  commits: "milepost_commits_total",
  runs: "milepost_query_reruns_total",
  connections: "milepost_connections",
  subscriptions: "milepost_subscriptions",
  memoryBytes: "milepost_memory_anonymous_bytes",
  heapBytes: "milepost_heap_bytes",
  cpuSeconds: "milepost_cpu_seconds_total",
});

/** @typedef {Record<keyof typeof NAMES, number>} ServerFigures */

/**
 * What a deployment says about itself now.
 * @param {{url: string, adminKey: string}} deployment @returns {Promise<ServerFigures>}
 */
export async function serverFigures({ url, adminKey }) {
  const headers = { Authorization: `Convex ${adminKey}` };
  const response = await fetch(`${url}/metrics`, { headers });
  if (!response.ok) throw new Failure(`/metrics answered ${response.status}.`);
  const values = new Map(
    (await response.text()).split("\n").map((line) => {
      const [name = "", value] = line.split(" ");
      return [name, Number(value)];
    }),
  );
  const entries = Object.entries(NAMES).map(([name, metric]) => [name, values.get(metric) ?? 0]);
  return Object.fromEntries(entries);
}

/**
 * Runs `body` while the server is asked for its figures every second; answers what it counted meanwhile and the most of
 * its memory.
 * @template T
 * @param {{url: string, adminKey: string}} deployment @param {() => Promise<T>} body
 */
export async function observed(deployment, body) {
  const before = await serverFigures(deployment);
  const samples = [before];
  let isOver = false;
  const sampling = (async () => {
    while (!isOver) {
      samples.push(await serverFigures(deployment));
      await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    }
  })();
  // Whoever waits for it learns of its failure; until then it is not unhandled.
  sampling.catch(() => undefined);
  const startMs = Date.now();
  const value = await body().finally(() => (isOver = true));
  await sampling;
  const after = await serverFigures(deployment);
  /** @param {keyof ServerFigures} name */
  const rise = (name) => after[name] - before[name];
  /** @param {keyof ServerFigures} name */
  const most = (name) => Math.max(...samples.map((sample) => sample[name]));
  const seconds = (Date.now() - startMs) / 1000;
  return { value, server: { after, rise, most, seconds } };
}
