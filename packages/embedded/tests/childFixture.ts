/** Processes with a store of their own, started and killed by tests. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { build } from "esbuild";
import { killAfterTest } from "./storeFixture.ts";

const bundles = new Map<string, Promise<string>>();

/** A child program of this folder as JavaScript: it is started by plain Node. */
export function bundledChild(name = "storeChild"): Promise<string> {
  const known = bundles.get(name);
  if (known !== undefined) return known;
  const bundle = (async () => {
    const outfile = join(import.meta.dirname, `../node_modules/.cache/${name}-${process.pid}.mjs`);
    await build({
      entryPoints: [join(import.meta.dirname, `${name}.ts`)],
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      external: ["lmdb", "esbuild"],
    });
    return outfile;
  })();
  bundles.set(name, bundle);
  return bundle;
}

/** A JavaScript program under a limit of the shell: `ulimit`'s flag and number. */
export function spawnLimited(limit: string, ...program: string[]): ChildProcess {
  const child = spawn("bash", [
    "-c",
    `ulimit ${limit}; exec "$0" "$@"`,
    process.execPath,
    ...program,
  ]);
  killAfterTest(child);
  return child;
}

/** Starts the child and waits for its first line; passes on the further ones. */
export async function startChild(
  dir: string,
  mode: string,
  onLine: (line: string) => void = () => {},
): Promise<ChildProcess> {
  const child = spawn(process.execPath, [await bundledChild(), dir, mode], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  killAfterTest(child);
  await new Promise<void>((resolve, reject) => {
    let text = "";
    child.once("exit", () => reject(new Error("the child ended")));
    child.stdout.on("data", (data: Buffer) => {
      const lines = (text + data.toString()).split("\n");
      text = lines.pop()!;
      for (const line of lines) {
        if (line === "ready") resolve();
        else onLine(line);
      }
    });
  });
  return child;
}

export async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("close", resolve));
  child.kill("SIGKILL");
  await gone;
}
