import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { Failure } from "../../lib/failure.mjs";
import { ended, onSignals, terminate } from "../../lib/processes.mjs";

const PATIENCE_MS = 30_000;
const LOOK_MS = 50;
const POSTGRES_HOME = "/usr/lib/postgresql";

/** A program by its name: in PATH, or where Debian keeps the servers of PostgreSQL. @param {string} name @returns {string | null} */
export function findProgram(name) {
  const versions = existsSync(POSTGRES_HOME) ? readdirSync(POSTGRES_HOME).sort().reverse() : [];
  const folders = [
    ...(process.env.PATH ?? "").split(delimiter),
    ...versions.map((version) => join(POSTGRES_HOME, version, "bin")),
  ];
  return folders.map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

/**
 * Whom a server runs as that refuses to be run by root: the first of these accounts there is; nobody else when we are
 * not root.
 * @returns {{uid: number, gid: number} | undefined}
 */
export function unprivileged() {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  for (const wanted of ["postgres", "nobody"]) {
    const [, , uid, gid] = accounts.find(([name]) => name === wanted) ?? [];
    if (uid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Failure("no account to run the server as, that is not root");
}

/**
 * A server on this machine, until it is stopped; it goes with this process too.
 * @param {string} program @param {string[]} args
 * @param {{cwd: string, account?: {uid: number, gid: number}}} options
 */
export function startServer(program, args, { cwd, account }) {
  const child = spawn(program, args, { cwd, stdio: ["ignore", "pipe", "pipe"], ...account });
  const exited = ended(child);
  let log = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text) => (log = (log + text).slice(-5_000)));
  let isOver = false;
  const stop = async () => {
    // To PostgreSQL it says not to wait for its clients.
    child.kill("SIGINT");
    await terminate(child);
  };
  const ignore = onSignals(() => void stop());
  void exited.finally(() => {
    isOver = true;
    ignore();
  });
  return {
    pid: child.pid,
    stop,
    /** Tries until the server answers. @template T @param {() => Promise<T>} attempt @returns {Promise<T>} */
    async answers(attempt) {
      for (const end = Date.now() + PATIENCE_MS; ;) {
        try {
          return await attempt();
        } catch (error) {
          if (isOver || Date.now() > end)
            throw new Failure(`${program} does not answer:\n${log}\n${String(error)}`);
          await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
        }
      }
    },
  };
}
