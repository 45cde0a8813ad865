import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "./failure.mjs";
import { CACHE, inRoot } from "./paths.mjs";
import { run } from "./processes.mjs";

const STAMP = join(CACHE, "installed");

/** What package.json says. @returns {{packageManager: string, engines: {node: string}}} */
const manifest = () => JSON.parse(readFileSync(inRoot("package.json"), "utf8"));

/** @param {string} range of `^` and `>=`, divided by `||` @param {string} version */
function isInRange(range, version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return range.split("||").some((part) => {
    const [oldestMajor = 0, oldestMinor = 0] = (part.match(/\d+/g) ?? []).map(Number);
    return major === oldestMajor
      ? minor >= oldestMinor
      : part.includes(">=") && major > oldestMajor;
  });
}

/** Refuses a Node that the dependencies do not run on, in one sentence. @param {string} version */
export function checkNode(version = process.versions.node) {
  const { node } = manifest().engines;
  if (!isInRange(node, version)) {
    throw new Failure(`Milepost needs Node ${node}; this is ${version}.`);
  }
}

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
  const args = [
    "--yes",
    manifest().packageManager,
    "install",
    "--frozen-lockfile",
    "--prefer-offline",
  ];
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
