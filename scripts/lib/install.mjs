import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "./failure.mjs";
import { CACHE, inRoot } from "./paths.mjs";
import { run } from "./processes.mjs";

const OLDEST_NODE = [20, 19];
const STAMP = join(CACHE, "installed");

/** Refuses a Node that is too old for the dependencies, in one sentence. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new Failure(
      `Milepost needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.versions.node}.`,
    );
  }
}

/** The pinned package manager, e.g. "pnpm@12.21.0". @returns {string} */
const packageManager = () =>
  JSON.parse(readFileSync(inRoot("package.json"), "utf8")).packageManager;

/** Everything that decides what an install writes, as one hash. */
function wanted() {
  const packages = readdirSync(inRoot("packages")).map((name) => `packages/${name}/package.json`);
  const files = ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml", ...packages.sort()];
  const hash = createHash("sha256");
  for (const file of files) {
    if (existsSync(inRoot(file))) hash.update(`${file}\n`).update(readFileSync(inRoot(file)));
  }
  return hash.digest("hex");
}

/** Installs the locked dependencies unless the last install was of exactly these. */
export async function ensureInstalled() {
  const hash = wanted();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === hash) return;
  console.log("Installing the dependencies ...");
  // Without --yes npx asks, and without a terminal that is a refusal.
  const args = ["--yes", packageManager(), "install", "--frozen-lockfile", "--prefer-offline"];
  const windows = process.platform === "win32";
  const { code, output } = await run("npx", args, {
    env: { npm_config_loglevel: "error" },
    capture: true,
    shell: windows,
  });
  if (code !== 0) throw new Failure(`${output}\nInstalling the dependencies failed.`);
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, hash);
}
