import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { FAULT_CASES } from "./fault-cases.mjs";
import { inRoot } from "./paths.mjs";
import { table } from "./statistics.mjs";

const TEST_FOLDERS = [
  "packages/backend/tests",
  "packages/embedded/tests",
  "packages/web",
  "scripts",
];
const TEST_FILE = /\.(test|spec)\.(ts|mjs)$/;
/** The names of tests and of groups, in every kind of quotes, also those that follow `.each(...)`. */
const TITLE = /(?:\b(?:test|describe|it)(?:\.\w+)?|\))\(\s*(["'`])((?:\\.|(?!\1)[\s\S])*)\1/g;
const ID = /\b[A-K]\d{1,2}\b/g;

/** @param {string} folder @returns {string[]} */
function testFiles(folder) {
  return readdirSync(inRoot(folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && TEST_FILE.test(entry.name))
    .map((entry) => relative(inRoot("."), join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes("node_modules"));
}

/**
 * Which tests carry which ids in their names.
 * @param {string[]} folders @param {RegExp} id with the flag g
 * @returns {Map<string, Set<string>>} test files by id
 */
export function testsById(folders, id) {
  /** @type {Map<string, Set<string>>} */
  const map = new Map();
  for (const file of folders.flatMap(testFiles).sort()) {
    for (const [, , title = ""] of readFileSync(inRoot(file), "utf8").matchAll(TITLE)) {
      for (const [found] of title.matchAll(id)) {
        map.set(found, (map.get(found) ?? new Set()).add(file));
      }
    }
  }
  return map;
}

/**
 * The tests of every fault case.
 * @returns {Map<string, Set<string>>} test files by the id of a fault case
 */
export function faultMap() {
  const tests = testsById(TEST_FOLDERS, ID);
  return new Map(Object.keys(FAULT_CASES).map((id) => [id, tests.get(id) ?? new Set()]));
}

/** The ids that must have a test and have none. @param {ReturnType<typeof faultMap>} map */
export function untested(map) {
  return Object.entries(FAULT_CASES)
    .filter(([id, { must }]) => must && map.get(id)?.size === 0)
    .map(([id]) => id);
}

/** docs/faults.md. @param {ReturnType<typeof faultMap>} map */
export function faultsPage(map) {
  const rows = Object.entries(FAULT_CASES).map(([id, { what, must }]) => {
    const files = [...(map.get(id) ?? [])].map((file) => `\`${file}\``).join(", ");
    return [must ? `**${id}**` : id, what, files || "-"];
  });
  return `# What can go wrong, and the test that shows it does not

Written by \`node scripts/faults.mjs\` from the names of the tests: a test that shows a case carries its id. No release
without a test of the bold ones; a dash is a case without a test of its own yet.

${table(["Case", "What must hold", "Tests"], rows)}
`;
}
