import { spawn } from "node:child_process";
import { seedDemo } from "./demo.mjs";
import { cliEnvironment } from "./deploy.mjs";
import { Failure } from "./failure.mjs";
import { LAUNCH_OPTIONS, launchDeployment, untilStopped } from "./launch.mjs";
import { readOptions } from "./options.mjs";
import { inRoot } from "./paths.mjs";
import { ended, terminate } from "./processes.mjs";
import { pushIfChanged } from "./push.mjs";

/**
 * Starts one of the watching tools with this very Node.
 * @param {string} file @param {string[]} args @param {{cwd?: string, env: NodeJS.ProcessEnv}} options
 */
function watcher(file, args, { cwd = inRoot(), env }) {
  const child = spawn(process.execPath, [inRoot(file), ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
  });
  const over = ended(child).then(({ code, signal }) => {
    throw new Failure(`${file} ended (${signal ?? `exit ${code}`}).`);
  });
  return { over, stop: () => terminate(child) };
}

/**
 * `npm run dev`: the deployment, the official CLI that deploys and regenerates types on every save, and vite's server.
 * @param {string[]} argv
 */
export async function dev(argv) {
  const options = readOptions("npm run dev -- [options]", LAUNCH_OPTIONS, argv);
  if (options === null) return;
  await untilStopped(async (cleanups) => {
    const { deployment, webPort, webUrl, demoAllowed } = await launchDeployment(options);
    cleanups.push(deployment.stop);
    await pushIfChanged(deployment);
    const fillDemo = demoAllowed ? await seedDemo(deployment) : null;
    const backend = watcher("node_modules/convex/bin/main.js", ["dev"], {
      env: cliEnvironment(deployment),
    });
    cleanups.push(backend.stop);
    const web = watcher(
      "packages/web/node_modules/vite/bin/vite.js",
      ["--host", options.host, "--port", String(webPort), "--strictPort"],
      {
        cwd: inRoot("packages", "web"),
        env: { VITE_CONVEX_URL: deployment.url, VITE_CONVEX_SITE_URL: deployment.siteUrl },
      },
    );
    cleanups.push(web.stop);
    console.log(`Milepost is being developed at ${webUrl}`);
    void fillDemo?.();
    await Promise.race([backend.over, web.over, deployment.exited]);
  });
}
