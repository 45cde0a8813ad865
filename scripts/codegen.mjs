// Writes packages/backend/_generated with the official CLI, against a throw-away embedded deployment: no account, no
// internet. The CLI bundles every module on the way, so what does not bundle fails here.
import { convexCli } from "./lib/deploy.mjs";
import { runMain } from "./lib/failure.mjs";
import { readOptions } from "./lib/options.mjs";
import { withDeployment } from "./lib/temporary.mjs";

await runMain(async () => {
  if (readOptions("npm run codegen", {}, process.argv.slice(2)) === null) return 0;
  return await withDeployment(async (deployment) => {
    const command = ["codegen", "--typecheck", "enable"];
    const { code } = await convexCli(command, deployment, { capture: false });
    return code ?? 1;
  });
});
