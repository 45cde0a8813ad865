import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { inRoot } from "../lib/paths.mjs";

/** @param {string} file */
const read = (file) => readFileSync(inRoot(file), "utf8");

test("the README's table of owners is TABLE_OWNERS", () => {
  const [, owners = ""] =
    /TABLE_OWNERS = \{([^}]*)\}/.exec(read("packages/backend/lib/tableOwners.ts")) ?? [];
  const declared = [...owners.matchAll(/(\w+): "([\w./]+)"/g)].map(
    ([, table, file]) => `${table} ${file}`,
  );
  const rows = [...read("README.md").matchAll(/^\| `(\w+)`\s*\| `([\w./]+)`\s*\|$/gm)];
  expect(rows.map(([, table, file]) => `${table} ${file}`)).toEqual(declared);
  expect(declared.length).toBeGreaterThan(10);
});

test("the README's commands exist", () => {
  const { scripts } = JSON.parse(read("package.json"));
  const named = [...read("README.md").matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(3);
  expect(named.filter((name) => !(`${name}` in scripts))).toEqual([]);
});
