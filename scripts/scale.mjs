// `npm run scale`: what a challenge of any size costs on Convex, where people who log at once begin to meet, and what to
// do about it. Measures on deployments of its own, then writes docs/scale.json and docs/scale.md.
import { readFileSync, writeFileSync } from "node:fs";
import { runMain } from "./lib/failure.mjs";
import { readOptions } from "./lib/options.mjs";
import { inRoot } from "./lib/paths.mjs";
import { documentOf } from "./scale/document.mjs";
import { measureLevers } from "./scale/levers.mjs";
import { measureCell } from "./scale/measure.mjs";
import { simulations } from "./scale/simulations.mjs";
import { deployTreeAPerson } from "./scale/tree-a-person.mjs";

/** Challenges that are built. Of the people of each at least 102 log while it is measured. */
const TYPICAL = { people: 1000, perPerson: 10 };
const SIZES = [{ people: 110, perPerson: 10 }, TYPICAL, { people: 1000, perPerson: 50 }];
/** Rows of each other way to keep points. */
const ROWS = [1000, 3000, 10_000];

const [DATA, DOCUMENT] = [inRoot("docs", "scale.json"), inRoot("docs", "scale.md")];

async function measured() {
  const cells = [];
  for (const size of SIZES) {
    console.log(`${size.people} people with ${size.perPerson} activities each ...`);
    cells.push(await measureCell(size));
  }
  console.log("Other ways to keep points ...");
  const treeAPerson = await measureCell(TYPICAL, deployTreeAPerson);
  const levers = await measureLevers(ROWS);
  const today = new Date().toISOString().slice(0, 10);
  return { measured: today, node: process.versions.node, cells, treeAPerson, levers };
}

await runMain(async () => {
  const options = readOptions(
    "npm run scale -- [options]",
    {
      render: { type: "boolean", help: "measure nothing: simulate and write from docs/scale.json" },
    },
    process.argv.slice(2),
  );
  if (options === null) return;
  const { simulations: _, ...figures } = options.render
    ? JSON.parse(readFileSync(DATA, "utf8"))
    : await measured();
  console.log("Simulating ...");
  const data = { ...figures, simulations: simulations(figures.cells, figures.levers) };
  writeFileSync(DATA, `${JSON.stringify(data, null, 1)}\n`);
  const text = documentOf(data);
  writeFileSync(DOCUMENT, text);
  console.log(text);
});
