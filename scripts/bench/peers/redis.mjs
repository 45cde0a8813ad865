import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { createClient } from "@redis/client";
import { choosePort } from "../../lib/ports.mjs";
import { HISTORY, PAGE } from "../contender.mjs";
import { serverCpuMs } from "../processor-time.mjs";
import { dayAfter } from "../workload.mjs";
import { findProgram, startServer } from "./server.mjs";

/** @typedef {import("../contender.mjs").Contender} Contender */

const HOST = "127.0.0.1";
const ROWS_AT_ONCE = 2_000;
const CHANNEL = "board";
const TOTAL = "total";
const WEEK = "week";
/** Of all activities: id -> person|day|points|deleted. */
const ROWS = "rows";

/** @param {number} port */
async function connected(port) {
  const client = createClient({ socket: { host: HOST, port, reconnectStrategy: false } });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** @typedef {Awaited<ReturnType<typeof connected>>} Client */

/**
 * A Redis on a folder and a port of its own that writes its log to the disk before it answers; null where there is none.
 * @param {string} folder of this run
 */
export async function startRedis(folder) {
  const program = findProgram("redis-server");
  if (program === null) return null;
  const data = join(folder, "redis");
  mkdirSync(data);
  const port = await choosePort({ host: HOST, port: 0, option: "port", purpose: "Redis" });
  const settings = {
    bind: HOST,
    port,
    dir: data,
    save: "",
    appendonly: "yes",
    appendfsync: "always",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = startServer(program, flags, { cwd: data });
  const version = await server.answers(async () => {
    const client = await connected(port);
    const info = await client.info("server");
    await client.close();
    return /redis_version:(\S+)/.exec(info)?.[1] ?? "";
  });
  return { version, stop: server.stop, pid: server.pid, port };
}

/** @typedef {NonNullable<Awaited<ReturnType<typeof startRedis>>>} Redis */

/** @param {number} person */
const historyOf = (person) => `history:${person}`;

/**
 * Puts the rows of a cell into an emptied Redis.
 * @param {Client} client @param {AsyncIterable<import("../contender.mjs").StoredRow[]>} rows
 * @param {(day: string | null) => boolean} isInWeek
 */
async function fill(client, rows, isInWeek) {
  await client.flushAll();
  let id = 0;
  for await (const some of rows)
    for (let from = 0; from < some.length; from += ROWS_AT_ONCE) {
      const batch = client.multi();
      for (const { person, day, points, isDeleted } of some.slice(from, from + ROWS_AT_ONCE)) {
        id += 1;
        batch.hSet(ROWS, String(id), `${person}|${day}|${points}|${isDeleted}`);
        batch.lPush(historyOf(person), String(id));
        if (isDeleted) continue;
        batch.zIncrBy(TOTAL, points, String(person));
        if (isInWeek(day)) batch.zIncrBy(WEEK, points, String(person));
      }
      await batch.execAsPipeline();
    }
  return id;
}

/**
 * Sorted sets of the total and of the measured week, beside a hash of the rows and a list of everybody's.
 * @param {Redis} server @param {{today: string, weekStart: string}} days
 * @param {AsyncIterable<import("../contender.mjs").StoredRow[]>} rows
 * @returns {Promise<Contender>}
 */
export async function redisContender(server, { today, weekStart }, rows) {
  const client = await connected(server.port);
  const weekEnd = dayAfter(weekStart, 6);
  let last = await fill(client, rows, (day) => day !== null && day >= weekStart && day <= weekEnd);
  let isWatched = false;
  /** @param {Client} from @param {string} key @returns {Promise<number[]>} */
  const board = async (from, key) => {
    const range = await from.zRangeWithScores(key, 0, PAGE - 1, { REV: true });
    return range.map(({ score }) => score);
  };
  /** @param {ReturnType<Client["multi"]>} batch @param {number} person @param {number} points */
  const count = (batch, person, points) =>
    batch.zIncrBy(TOTAL, points, String(person)).zIncrBy(WEEK, points, String(person));
  return {
    name: "Redis sorted set",
    cpuMs: () => serverCpuMs(server.pid),
    async log(person, points) {
      const id = String((last += 1));
      const batch = client.multi().hSet(ROWS, id, `${person}|${today}|${points}|false`);
      batch.lPush(historyOf(person), id);
      if (isWatched) batch.publish(CHANNEL, "");
      await count(batch, person, points).exec();
      return { id, person, points };
    },
    async edit({ id, person, points: before }, points) {
      const batch = client.multi().hSet(ROWS, id, `${person}|${today}|${points}|false`);
      await count(batch, person, points - before).exec();
    },
    async remove({ id, person, points }) {
      const batch = client.multi().hSet(ROWS, id, `${person}|${today}|${points}|true`);
      await count(batch, person, -points).exec();
    },
    page: async () => await board(client, TOTAL),
    week: async () => await board(client, WEEK),
    total: async (person) => (await client.zScore(TOTAL, String(person))) ?? 0,
    rank: async (person) => 1 + ((await client.zRevRank(TOTAL, String(person))) ?? 0),
    async history(person) {
      const ids = await client.lRange(historyOf(person), 0, HISTORY - 1);
      return ids.length === 0 ? [] : await client.hmGet(ROWS, ids);
    },
    profile: async (person) =>
      await Promise.all([
        client.zScore(TOTAL, String(person)),
        client.lLen(historyOf(person)),
        client.zRevRank(TOTAL, String(person)),
      ]),
    async watch(moved) {
      const [listener, reader] = [await connected(server.port), await connected(server.port)];
      await listener.subscribe(CHANNEL, () => void board(reader, TOTAL).then(moved));
      isWatched = true;
      moved(await board(reader, TOTAL));
      return async () => {
        isWatched = false;
        await Promise.all([listener.close(), reader.close()]);
      };
    },
    settled: async () => {},
    // Its server may have ended before it.
    close: async () => {
      if (client.isOpen) await client.close();
    },
  };
}
