// How much JavaScript the leaderboard loads first, from the manifest of the built page; fails above the budget.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Failure, runMain } from "./lib/failure.mjs";
import { WEB_DIST } from "./lib/web.mjs";

const BUDGET_KB = 200;
/** What must be there before the board is: the start of every page, the frame of a challenge, the page itself. */
const FIRST = [
  "index.html",
  "src/features/challenges/ChallengeLayout.tsx",
  "src/features/leaderboard/BoardPage.tsx",
];
/** @typedef {Record<string, {file: string, imports?: string[]}>} Manifest */

/**
 * The files of these modules and of everything they import, each once.
 * @param {Manifest} manifest @param {string[]} modules
 */
function filesOf(manifest, modules) {
  const files = new Set();
  const waiting = [...modules];
  const seen = new Set();
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const chunk = manifest[name];
    if (chunk === undefined) throw new Failure(`The build has no ${name}.`);
    if (chunk.file.endsWith(".js")) files.add(chunk.file);
    waiting.push(...(chunk.imports ?? []));
  }
  return [...files];
}

/** Their size as it is sent, in kB of 1,000 bytes. @param {string[]} files */
function gzippedKb(files) {
  const bytes = files.reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(WEB_DIST, file))).length,
    0,
  );
  return bytes / 1000;
}

await runMain(async () => {
  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync(join(WEB_DIST, ".vite", "manifest.json"), "utf8"));
  const first = gzippedKb(filesOf(manifest, FIRST));
  const words = `${first.toFixed(1)} kB gzipped of at most ${BUDGET_KB}`;
  console.log(`The leaderboard's first JavaScript: ${words}`);
  return first <= BUDGET_KB ? 0 : 1;
});
