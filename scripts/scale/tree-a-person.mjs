import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copyBackend } from "../lib/backend-copy.mjs";
import { deployBackend } from "../lib/deploy.mjs";
import { Failure } from "../lib/failure.mjs";

/** What a backend with a tree of points a person does otherwise, in what is measured here: [file, now, then]. */
const CHANGES = /** @type {const} */ ([
  [
    "activityPointsAggregate.ts",
    "namespace: (row) => row.challengeId,",
    "namespace: (row) => [row.challengeId, row.userId],",
  ],
  ["challengePoints.ts", "namespace: challengeId,", "namespace: [challengeId, userId],"],
]);

/**
 * Deploys a copy of the backend whose aggregate of points has a tree a person. Logs, boards and profiles are right in it;
 * verify and repair, which read the tree of a whole challenge, are not.
 * @param {{url: string, adminKey: string}} deployment
 */
export async function deployTreeAPerson(deployment) {
  const { root, backend } = copyBackend("tree-a-person");
  for (const [name, now, then] of CHANGES) {
    const file = join(backend, "lib", name);
    const source = readFileSync(file, "utf8");
    if (!source.includes(now)) throw new Failure(`lib/${name} does not say "${now}" any more.`);
    writeFileSync(file, source.replaceAll(now, then));
  }
  await deployBackend(deployment, { cwd: root });
}
