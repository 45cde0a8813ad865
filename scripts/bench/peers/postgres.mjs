import { execFile } from "node:child_process";
import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { choosePort } from "../../lib/ports.mjs";
import { serverCpuMs } from "../processor-time.mjs";
import { findProgram, startServer, unprivileged } from "./server.mjs";

/** @typedef {import("../contender.mjs").Contender} Contender */
/** @typedef {import("../contender.mjs").StoredRow} StoredRow */

const HOST = "127.0.0.1";
const USER = "bench";
const MOST_IN_FLIGHT = 16;
const ROWS_AT_ONCE = 20_000;
const CHANNEL = "board";

/**
 * A PostgreSQL on a folder and a port of its own, durable as it is by default; null where there is none.
 * @param {string} folder of this run
 */
export async function startPostgres(folder) {
  const [initdb, postgres] = [findProgram("initdb"), findProgram("postgres")];
  if (initdb === null || postgres === null) return null;
  const account = unprivileged();
  const data = join(folder, "postgres");
  mkdirSync(data, { mode: 0o700 });
  if (account !== undefined) {
    chmodSync(dirname(data), 0o711);
    chownSync(data, account.uid, account.gid);
  }
  const options = { cwd: data, ...(account && { account }) };
  const init = ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
  await promisify(execFile)(initdb, init, { cwd: data, ...account });
  const port = await choosePort({ host: HOST, port: 0, option: "port", purpose: "PostgreSQL" });
  const settings = {
    listen_addresses: HOST,
    port,
    unix_socket_directories: "",
    fsync: "on",
    synchronous_commit: "on",
    shared_buffers: "512MB",
    max_connections: 2 * MOST_IN_FLIGHT + 20,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = startServer(postgres, ["-D", data, ...flags], options);
  const where = { host: HOST, port, user: USER };
  const version = await server.answers(async () => {
    const client = new pg.Client({ ...where, database: "postgres" });
    await client.connect();
    const { rows } = await client.query("SHOW server_version");
    await client.end();
    return String(rows[0].server_version).split(" ")[0] ?? "";
  });
  return { version, stop: server.stop, pid: server.pid, where };
}

/** @typedef {NonNullable<Awaited<ReturnType<typeof startPostgres>>>} Postgres */

/**
 * Puts the rows of a cell into a new database, analysed and vacuumed.
 * @param {Postgres} server @param {string} database @param {import("./postgres-sql.mjs").Design} design
 * @param {AsyncIterable<StoredRow[]>} rows
 */
async function fill({ where }, database, design, rows) {
  const admin = new pg.Client({ ...where, database: "postgres" });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${database}`);
  await admin.end();
  const client = new pg.Client({ ...where, database });
  await client.connect();
  await client.query(design.schema);
  for await (const some of rows)
    for (let from = 0; from < some.length; from += ROWS_AT_ONCE) {
      const batch = some.slice(from, from + ROWS_AT_ONCE);
      await client.query(
        `INSERT INTO activities (challenge, person, day, points, deleted)
         SELECT 1, * FROM unnest($1::int[], $2::date[], $3::int[], $4::boolean[])`,
        [
          batch.map(({ person }) => person),
          batch.map(({ day }) => day),
          batch.map(({ points }) => points),
          batch.map(({ isDeleted }) => isDeleted),
        ],
      );
    }
  await client.query(design.filled);
  await client.query("VACUUM ANALYZE");
  await client.query("CHECKPOINT");
  await client.end();
}

/**
 * A contender in a database of its own.
 * @param {Postgres} server
 * @param {{name: string, database: string, design: import("./postgres-sql.mjs").Design, today: string}} options
 * @param {AsyncIterable<StoredRow[]>} rows
 * @returns {Promise<Contender>}
 */
export async function postgresContender(server, { name, database, design, today }, rows) {
  await fill(server, database, design, rows);
  const pool = new pg.Pool({ ...server.where, database, max: MOST_IN_FLIGHT });
  // When the server is ended before it: whoever asks next is told.
  pool.on("error", () => {});
  let isWatched = false;
  /** @param {keyof typeof design} statement @param {unknown[]} [values] */
  const ask = async (statement, values = []) =>
    (await pool.query({ name: statement, text: design[statement], values })).rows;
  /** @param {pg.Pool | pg.Client} from @param {"page" | "week"} statement @returns {Promise<number[]>} */
  const board = async (from, statement) => {
    const { rows: found } = await from.query({ name: statement, text: design[statement] });
    return found.map(({ total }) => total);
  };
  return {
    name,
    cpuMs: () => serverCpuMs(server.pid),
    async log(person, points) {
      const [row] = await ask("log", [person, today, points]);
      if (isWatched) await pool.query(`NOTIFY ${CHANNEL}`);
      return { id: row.id, person, points };
    },
    edit: async ({ id }, points) => await ask("edit", [id, points]),
    remove: async ({ id }) => await ask("remove", [id]),
    page: async () => await board(pool, "page"),
    week: async () => await board(pool, "week"),
    total: async (person) => (await ask("total", [person]))[0]?.total ?? 0,
    rank: async (person) => (await ask("rank", [person]))[0].rank,
    history: async (person) => await ask("history", [person]),
    profile: async (person) => await ask("profile", [person]),
    async watch(moved) {
      const client = new pg.Client({ ...server.where, database });
      await client.connect();
      client.on("notification", () => void board(client, "page").then(moved));
      await client.query(`LISTEN ${CHANNEL}`);
      isWatched = true;
      moved(await board(client, "page"));
      return async () => {
        isWatched = false;
        await client.end();
      };
    },
    settled: async () => {},
    close: async () => await pool.end(),
  };
}
