import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Failure } from "./failure.mjs";
import { CACHE, inRoot } from "./paths.mjs";
import { run } from "./processes.mjs";

const STAMP = join(CACHE, "installed");

/** What package.json says. @returns {{packageManager: string, engines: {node: string}}} */
const manifest = () => JSON.parse(readFileSync(inRoot("package.json"), "utf8"));

/**
 * The parts of a range of `^` and `>=`, divided by `||`; nothing is installed yet that could read one. The third number of
 * a version is not looked at.
 * @param {string} range
 */
const partsOf = (range) =>
  range.split("||").map((part) => {
    const [major = 0, minor = 0] = (part.match(/\d+/g) ?? []).map(Number);
    return { major, minor, isOpen: part.includes(">=") };
  });

/** Refuses a Node that the dependencies do not run on, in one sentence. @param {string} version */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const parts = partsOf(manifest().engines.node);
  const isFit = parts.some((part) =>
    major === part.major ? minor >= part.minor : part.isOpen && major > part.major,
  );
  if (isFit) return;
  const words = parts.map(({ isOpen, ...oldest }) =>
    isOpen
      ? `${oldest.major}.${oldest.minor} or newer`
      : `${oldest.major} from ${oldest.major}.${oldest.minor} on`,
  );
  throw new Failure(`Milepost needs Node ${words.join(", or ")}; this is ${version}.`);
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
