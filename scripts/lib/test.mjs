import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inRoot } from "./paths.mjs";
import { runNode } from "./processes.mjs";

/**
 * What vitest's JSON reporter says, as far as it is read here.
 * @typedef {object} Report
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {Array<{status: string, assertionResults: Array<unknown>}>} testResults
 */

/** Folders with tests, the root's scripts first: they take no time. */
function testFolders() {
  const packages = readdirSync(inRoot("packages")).map((name) => `packages/${name}`);
  return ["scripts", ...packages.sort()].filter(
    (folder) => folder === "scripts" || existsSync(inRoot(folder, "node_modules", "vitest")),
  );
}

/**
 * Runs the tests of one folder.
 * @param {string} folder @param {string[]} args passed on to vitest @param {string} reportFile
 */
async function testFolder(folder, args, reportFile) {
  const isScripts = folder === "scripts";
  const vitest = isScripts ? "" : `${folder}/`;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${reportFile}`];
  const { code } = await runNode(
    `${vitest}node_modules/vitest/vitest.mjs`,
    ["run", "--passWithNoTests", ...reporters, ...args],
    { cwd: inRoot(folder) },
  );
  if (!existsSync(reportFile)) return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
  /** @type {Report} */
  const report = JSON.parse(readFileSync(reportFile, "utf8"));
  // A file that cannot even be loaded has no tests to count, but it is a failure.
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  const failed = report.numFailedTests + broken;
  return {
    passed: report.numPassedTests,
    // An unhandled error fails the run without failing a test.
    failed: failed === 0 && code !== 0 ? 1 : failed,
    skipped: report.numPendingTests,
  };
}

/**
 * `npm test`: the tests of every package, one after the other, and a last line with the totals. Arguments go on to
 * vitest, e.g. `npm test -- streak` or `npm test -- -t "name"`.
 * @param {string[]} args
 * @returns {Promise<number>} exit code
 */
export async function test(args) {
  const reports = mkdtempSync(join(tmpdir(), "milepost-test-"));
  let [passed, failed, skipped] = [0, 0, 0];
  try {
    for (const folder of testFolders()) {
      console.log(`\n${folder}`);
      const counts = await testFolder(
        folder,
        args,
        join(reports, `${folder.replace("/", "-")}.json`),
      );
      passed += counts.passed;
      failed += counts.failed;
      skipped += counts.skipped;
    }
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
  if (skipped > 0) console.log(`${skipped} skipped`);
  if (passed + failed === 0) console.error("No test matched.");
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
