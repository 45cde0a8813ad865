import { once } from "node:events";

/**
 * A part of the time of a profile: what ran, and how much of the time on the processor it had by itself.
 * @typedef {{what: string, share: number}} ProfileLine
 */
/** @typedef {{functionName: string, url: string, lineNumber: number}} Frame */
/** @typedef {{nodes: Array<{id: number, callFrame: Frame, children?: number[]}>, samples: number[], timeDeltas: number[]}} Profile */

/** Waiting for something to do. */
const IDLE = "(idle)";
/** V8's name for what runs outside of every function: the loop of events, sockets, headers that are parsed. */
const OUTSIDE = "(program)";

/**
 * What the profiler itself ran, which begins by writing down all code there is: in a short profile it would be the most.
 * @param {Profile["nodes"]} nodes @returns {Set<number>}
 */
function nodesOfProfiler(nodes) {
  const found = new Set(
    nodes.filter(({ callFrame }) => callFrame.url.endsWith("/profiler.mjs")).map(({ id }) => id),
  );
  // What a node called comes behind it.
  for (const { id, children = [] } of nodes)
    if (found.has(id)) children.forEach((child) => found.add(child));
  return found;
}

/** The file of a frame as a reader knows it. @param {Frame} frame */
function whatRan({ functionName, url, lineNumber }) {
  const file = url.split(/[/:]/).slice(-2).join("/");
  const name = functionName === OUTSIDE ? "(no function)" : functionName || "(anonymous)";
  return file === "" ? name : `${name} ${file}:${lineNumber + 1}`;
}

/**
 * Shares of the time on the processor, the most first.
 * @param {Profile} profile @param {(frame: Frame) => string} nameOf what frames are put together by
 * @returns {ProfileLine[]}
 */
function sharesOf({ nodes, samples, timeDeltas }, nameOf) {
  const ofProfiler = nodesOfProfiler(nodes);
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const own = new Map();
  let all = 0;
  for (const [index, id] of samples.entries()) {
    const frame = frames.get(id);
    if (frame === undefined || frame.functionName === IDLE || ofProfiler.has(id)) continue;
    const time = timeDeltas[index] ?? 0;
    all += time;
    const what = nameOf(frame);
    own.set(what, (own.get(what) ?? 0) + time);
  }
  const lines = [...own].map(([what, time]) => ({ what, share: time / all }));
  return lines.sort((a, b) => b.share - a.share);
}

/**
 * The functions most of the time was spent in.
 * @param {Profile} profile @param {number} count
 */
export const topOf = (profile, count) => sharesOf(profile, whatRan).slice(0, count);

/** Where the code of a frame comes from. @param {Frame} frame */
function partOf({ functionName, url }) {
  if (functionName === "(garbage collector)") return "garbage collection";
  if (url.startsWith("convex:")) return "functions of the backend and its components";
  if (url.includes("/milepost/server-")) return "the embedded deployment";
  if (url.includes("/node_modules/")) return "packages of the embedded deployment";
  return "Node and V8";
}

/** The time by where the code comes from. @param {Profile} profile */
export const partsOf = (profile) => sharesOf(profile, partOf);

/** @param {import("../lib/embedded.mjs").Deployment} deployment @returns {Promise<{profile: Profile | null}>} */
async function toggle({ child }) {
  const answered = once(child, "message");
  child.send("profile");
  const [answer] = await answered;
  return answer;
}

/**
 * What a deployment that was started with a profiler does while `work` goes on.
 * @param {import("../lib/embedded.mjs").Deployment} deployment @param {() => Promise<unknown>} work
 * @returns {Promise<Profile>}
 */
export async function profileOf(deployment, work) {
  await toggle(deployment);
  await work();
  const { profile } = await toggle(deployment);
  if (profile === null) throw new Error("no profile was sent");
  return profile;
}
