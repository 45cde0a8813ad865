// `node scripts/faults.mjs`: writes docs/faults.md, the map from fault cases to tests, from the names of the tests.
import { writeFileSync } from "node:fs";
import { runMain } from "./lib/failure.mjs";
import { faultMap, faultsPage, untested } from "./lib/fault-map.mjs";
import { inRoot } from "./lib/paths.mjs";

await runMain(async () => {
  const map = faultMap();
  writeFileSync(inRoot("docs", "faults.md"), faultsPage(map));
  const missing = untested(map);
  const tested = [...map.values()].filter((files) => files.size > 0).length;
  console.log(`${tested} of ${map.size} cases have a test.`);
  if (missing.length > 0) console.error(`Without a test they must have: ${missing.join(", ")}`);
  return missing.length === 0 ? 0 : 1;
});
