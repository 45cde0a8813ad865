import { describe, expect, test } from "vitest";
import { TABLE_OWNERS } from "../lib/tableOwners";
import schema from "../schema";
import { modules } from "./backend.setup";

/**
 * The style rules as a test over the tree. It reads lines, not syntax, which is enough because every file is formatted
 * by oxfmt: a block ends at the first brace of its own indentation. Each rule comes with code it must object to.
 */

interface File {
  /** From the package's root: `lib/people.ts`. */
  path: string;
  source: string;
  /** The source with comments blanked out, line for line. */
  code: string;
}

interface Finding {
  line: number;
  /** What is wrong, and what to write instead. */
  message: string;
}

interface Rule {
  name: string;
  appliesTo: (path: string) => boolean;
  check: (file: File) => Finding[];
  bad: { path: string; source: string };
}

const sources: Record<string, string> = import.meta.glob(
  ["../*.ts", "../{integrations,lib,mutations,queries,routes,tables,tests}/**/*.ts"],
  { query: "?raw", import: "default", eager: true },
);

const files = Object.entries(sources)
  .map(([path, source]) =>
    toFile(path.startsWith("./") ? `tests${path.slice(1)}` : path.slice(3), source),
  )
  .sort((a, b) => (a.path < b.path ? -1 : 1));

function toFile(path: string, source: string): File {
  const blank = (text: string) => text.replaceAll(/[^\n]/g, " ");
  const code = source
    .replaceAll(/\/\*[\s\S]*?\*\//g, blank)
    .replaceAll(/(?<=^|\s)\/\/.*$/gm, blank);
  return { path, source, code };
}

const isIn =
  (...folders: string[]) =>
  (path: string) =>
    folders.some((folder) => path.startsWith(folder));
const isBut =
  (...paths: string[]) =>
  (path: string) =>
    !path.startsWith("tests/") && !paths.includes(path);

const lineAt = (text: string, index: number) => text.slice(0, index).split("\n").length;

/** A finding per match of a pattern in the code. */
function findAll({ code }: File, pattern: RegExp, message: string): Finding[] {
  return [...code.matchAll(pattern)].map(({ index }) => ({ line: lineAt(code, index), message }));
}

/** What a file imports, as paths from the package's root, or as package names. */
function importsOf({ path, code }: File): { target: string; line: number; isType: boolean }[] {
  const pattern = /^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"|^import\s+"([^"]+)"/gm;
  return [...code.matchAll(pattern)].map((match) => {
    const name = match[2] ?? match[3] ?? "";
    const target = name.startsWith(".") ? resolve(path, name) : name;
    return { target, line: lineAt(code, match.index), isType: match[1] !== undefined };
  });
}

function resolve(from: string, relative: string): string {
  const parts = from.split("/").slice(0, -1);
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== ".") parts.push(part);
  }
  return parts.join("/");
}

/** Blocks that start on a line matching `start`, with their number of lines. */
function blocksOf({ code }: File, start: RegExp): { line: number; length: number }[] {
  const lines = code.split("\n");
  return lines.flatMap((text, index) => {
    if (!start.test(text)) return [];
    const indent = /^\s*/.exec(text)?.[0] ?? "";
    const end = lines.findIndex((other, at) => at > index && other.startsWith(`${indent}}`));
    return end === -1 ? [] : [{ line: index + 1, length: end - index + 1 }];
  });
}

const tooLong = (file: File, start: RegExp, max: number, message: string): Finding[] =>
  blocksOf(file, start)
    .filter(({ length }) => length > max)
    .map(({ line, length }) => ({ line, message: `${length} lines, at most ${max}: ${message}` }));

/** Who may import what: the table of docs/architecture.md. The first folder that matches a path counts. */
const IMPORTS: { from: string; may: RegExp; instead: string }[] = [
  {
    from: "tables/",
    may: /^(tables\/|convex\/(values|server)$)/,
    instead: "tables know convex/values, convex/server and other tables",
  },
  {
    from: "lib/rules/",
    may: /^(lib\/rules\/|lib\/(errors|text)$|tables\/|convex\/values$|papaparse$)/,
    instead: "a rule is pure: take plain values as arguments",
  },
  {
    from: "lib/",
    may: /^(lib\/|tables\/|_generated\/|convex\/|convex-helpers\/|@convex-dev\/)/,
    instead: "lib is called by doors and never calls one: move what both need into lib",
  },
  {
    from: "mutations/apiMutations",
    may: /^(lib\/functions$|mutations\/)/,
    instead: "the API registers the doors of sessions once more",
  },
  {
    from: "queries/apiQueries",
    may: /^(lib\/(access|apiKeys|functions)$|tables\/|queries\/|convex\/values$)/,
    instead: "the API registers the doors of sessions once more",
  },
  {
    from: "routes/",
    may: /^(routes\/|lib\/(apiDoors|errors|functions|rules\/\w+|secrets|stravaConfig|text)$|mutations\/apiMutations$|queries\/apiQueries$|tables\/|_generated\/(api|dataModel)$|convex\/|hono|@hono\/)/,
    instead: "a route parses, authenticates, calls one internal function and maps its answer",
  },
  {
    from: "mutations/",
    may: /^(lib\/(?!activityWrites$|activityPointsAggregate$|standingsRank$|boardRank$)|tables\/|auth$|_generated\/(api|dataModel)$|convex\/values$)/,
    instead: "a mutation calls a verb of lib and no other door",
  },
  {
    from: "queries/",
    may: /^(lib\/(?!activityWrites$)|tables\/|_generated\/(api|dataModel)$|convex\/(values|server)$)/,
    instead: "a query reads through lib and calls no other door",
  },
  {
    from: "integrations/",
    may: /^(integrations\/|lib\/(?!activityWrites$|pointLedger$)|tables\/|_generated\/(api|dataModel)$|convex\/values$)/,
    instead: "an action writes by internal mutations",
  },
];

const FUNCTION_START = /(\bfunction\b.*\{|=>\s*\{)$/;
const DOORS = isIn("mutations/", "queries/");
/** Tests that write around the owners: what they are about is damage, or the inside of a component. */
const DAMAGING_TESTS = new Set([
  "tests/seal.test.ts",
  "tests/maintenance.test.ts",
  "tests/tamper.setup.ts",
  "tests/aggregateFill.setup.ts",
  "tests/jobs.large.test.ts",
]);

const MARKS = new RegExp(`\\b(${["FIX" + "ME", "TO" + "DO", "XX" + "X"].join("|")})\\b`, "g");

const rules: Rule[] = [
  {
    name: "a table is opened in its owner file only",
    appliesTo: isBut("lib/tableOwners.ts"),
    check: ({ path, code }) =>
      [...code.matchAll(/\bopenTable\(\s*[^,)]+,\s*("(\w+)")?/g)].flatMap(({ index, 2: table }) => {
        const line = lineAt(code, index);
        if (table === undefined) return [{ line, message: "name the table as a literal" }];
        const owner = (TABLE_OWNERS as Record<string, string>)[table] ?? "no file";
        if (owner === path) return [];
        return [{ line, message: `${table} is written by ${owner}: export a verb there` }];
      }),
    bad: { path: "lib/people.ts", source: 'await openTable(ctx, "activities").insert(row);' },
  },
  {
    name: "raw builders and raw ctx types stay behind the seal",
    appliesTo: isBut("lib/functions.ts", "lib/tableOwners.ts", "auth.ts"),
    check: (file) => [
      ...importsOf(file)
        .filter(({ target }) => target === "_generated/server")
        .map(({ line }) => ({
          line,
          message: "use a builder of lib/functions, or ReadCtx and WriteCtx of lib/tableOwners",
        })),
      ...findAll(
        file,
        /\b(MutationCtx|DatabaseWriter|(internal)?(mutation|query|action)Generic)\b/gi,
        "use a builder of lib/functions, or ReadCtx and WriteCtx of lib/tableOwners",
      ),
    ],
    bad: { path: "lib/people.ts", source: 'import { mutation } from "../_generated/server";' },
  },
  {
    name: "the aggregates are written in step with their rows only",
    appliesTo: isBut("lib/activityWrites.ts", "lib/ranks.ts"),
    check: (file) =>
      findAll(
        file,
        /\b(activityPointsAggregate|ranks)\s*\.\s*(insert|replace|delete|clear|enqueue)\w*\(/g,
        "write the row through lib/activityWrites or lib/ranks",
      ),
    bad: { path: "lib/people.ts", source: "await activityPointsAggregate.insert(ctx, row);" },
  },
  {
    name: "folders import what the table of folders allows",
    appliesTo: isBut(),
    check: (file) => {
      const folder = IMPORTS.find(({ from }) => file.path.startsWith(from));
      if (folder === undefined) return [];
      return importsOf(file)
        .filter(({ target }) => !folder.may.test(target))
        .map(({ line, target }) => ({ line, message: `not ${target}: ${folder.instead}` }));
    },
    bad: { path: "lib/rules/x.ts", source: 'import { personOf } from "../people";' },
  },
  {
    name: "rules have no ctx, clock, randomness or environment",
    appliesTo: isIn("lib/rules/"),
    check: (file) =>
      findAll(
        file,
        /\bctx\b|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bcrypto\.|\bprocess\.|\bfetch\(/g,
        "take the value as an argument",
      ),
    bad: { path: "lib/rules/x.ts", source: "const now = Date.now();" },
  },
  {
    name: "queries have no clock and no randomness",
    appliesTo: isIn("queries/"),
    check: (file) =>
      findAll(
        file,
        /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/g,
        "take `today` as an argument: a query that reads the clock is never cached",
      ),
    bad: { path: "queries/x.ts", source: "const today = new Date();" },
  },
  {
    name: "queries do not add up rows",
    appliesTo: isIn("queries/"),
    check: (file) =>
      findAll(file, /\.reduce\w*\(/g, "read totals through lib/challengePoints or standings"),
    bad: { path: "queries/x.ts", source: "rows.reduce((sum, row) => sum + row.points, 0)" },
  },
  {
    name: "database queries use an index, not a filter",
    appliesTo: isBut(),
    check: (file) =>
      findAll(file, /\.filter\(\s*\(?\s*q\s*\)?\s*=>/g, "use withIndex; add an index if needed"),
    bad: { path: "lib/x.ts", source: '.query("people").filter((q) => q.eq(q.field("a"), 1))' },
  },
  {
    name: "a collect says what bounds it",
    appliesTo: isBut(),
    check: ({ source, code }) => {
      const lines = source.split("\n");
      return [...code.matchAll(/\.collect\(\)/g)]
        .map(({ index }) => lineAt(code, index))
        .filter((line) => {
          const statement = lines.slice(Math.max(0, line - 6), line).join("\n");
          return !/\/\/.*\bat most\b/.test(statement);
        })
        .map((line) => ({ line, message: "use take(limit), or say above: `// at most ...`" }));
    },
    bad: { path: "lib/x.ts", source: 'await ctx.db.query("people").collect();' },
  },
  {
    name: "functions have at most 70 lines",
    appliesTo: isBut(),
    check: (file) => tooLong(file, FUNCTION_START, 70, "take a part out and name it"),
    bad: { path: "lib/x.ts", source: `function f() {\n${"  step();\n".repeat(69)}}` },
  },
  {
    name: "doors have at most 40 lines",
    appliesTo: DOORS,
    check: (file) => tooLong(file, /handler:.*=>\s*\{$/, 40, "move the work into a verb of lib"),
    bad: {
      path: "mutations/x.ts",
      source: `  handler: async (ctx) => {\n${"    step();\n".repeat(39)}  },`,
    },
  },
  {
    name: "files have at most 500 lines",
    appliesTo: isBut(),
    check: ({ source }) =>
      source.split("\n").length > 501
        ? [{ line: 501, message: "a file is one idea: split it" }]
        : [],
    bad: { path: "lib/x.ts", source: "step();\n".repeat(501) },
  },
  {
    name: "every door has a docstring",
    appliesTo: DOORS,
    check: ({ source }) => {
      const lines = source.split("\n");
      return lines.flatMap((text, index) =>
        /^export const \w+ = \w+(Query|Mutation)\(/.test(text) && !lines[index - 1]?.endsWith("*/")
          ? [{ line: index + 1, message: "say above what it does and what it refuses" }]
          : [],
      );
    },
    bad: { path: "queries/x.ts", source: "\nexport const get = publicQuery({" },
  },
  {
    name: "nothing is marked as unfinished",
    appliesTo: () => true,
    check: ({ source }) =>
      [...source.matchAll(MARKS)].map(({ index }) => ({
        line: lineAt(source, index),
        message: "finish it, or write an issue",
      })),
    bad: { path: "lib/x.ts", source: `// ${"FIX" + "ME"} later` },
  },
  {
    name: "tests make their rows by the production write path",
    appliesTo: (path) => path.startsWith("tests/") && !DAMAGING_TESTS.has(path),
    check: (file) => findAll(file, /\bdb\s*\.\s*insert\(/g, "call the door that makes the row"),
    bad: { path: "tests/x.test.ts", source: 'ctx.db.insert("activities", row)' },
  },
  {
    name: "files in tests/ have two dots, so that they are not deployed",
    appliesTo: isIn("tests/"),
    check: ({ path }) =>
      path.split("/").at(-1)?.split(".").length === 2
        ? [{ line: 1, message: "rename it to x.test.ts or x.setup.ts" }]
        : [],
    bad: { path: "tests/helpers.ts", source: "" },
  },
];

describe.each(rules)("$name", ({ appliesTo, check, bad }) => {
  test("in every file", () => {
    const findings = files
      .filter(({ path }) => appliesTo(path))
      .flatMap((file) => check(file).map(({ line, message }) => `${file.path}:${line} ${message}`));
    expect(findings).toEqual([]);
  });

  test("is seen when it is broken", () => {
    expect(appliesTo(bad.path)).toBe(true);
    expect(check(toFile(bad.path, bad.source))).not.toEqual([]);
  });
});

test("the whole tree is read", () => {
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(["schema.ts", "tests/backend.setup.ts"]));
  expect(paths).toEqual(expect.arrayContaining(Object.values(TABLE_OWNERS)));
});

test("every function validates its arguments and its result", async () => {
  const findings: string[] = [];
  let checked = 0;
  for (const [path, load] of Object.entries(modules)) {
    // Convex Auth registers its own functions, without returns validators.
    if (!/^\.\.\/(integrations|mutations|queries|http|crons)/.test(path)) continue;
    for (const [name, value] of Object.entries((await load()) as Record<string, unknown>)) {
      if (!isRegistered(value)) continue;
      checked += 1;
      if (value.exportArgs().includes('"any"')) findings.push(`${path}:${name} needs args`);
      if (value.exportReturns() === "null") findings.push(`${path}:${name} needs returns`);
    }
  }
  expect(findings).toEqual([]);
  expect(checked).toBeGreaterThan(20);
});

interface Registered {
  exportArgs: () => string;
  exportReturns: () => string;
}

function isRegistered(value: unknown): value is Registered {
  return typeof value === "function" && "exportArgs" in value && "exportReturns" in value;
}

test("index names spell their fields", () => {
  const findings = Object.entries(schema.tables).flatMap(([table, definition]) => {
    // Convex Auth names the indexes of its tables.
    if (table === "users" || table.startsWith("auth")) return [];
    return definition[" indexes"]()
      .map(({ indexDescriptor, fields }) => [indexDescriptor, `by_${fields.join("_and_")}`])
      .filter(([name, spelled]) => name !== spelled)
      .map(([name, spelled]) => `${table}: rename ${name} to ${spelled}`);
  });
  expect(findings).toEqual([]);
});
