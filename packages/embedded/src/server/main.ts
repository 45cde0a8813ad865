/** The command `milepost-embedded`: options, the ready line, signals. */
import { parseArgs } from "node:util";
import { StoreError } from "../store/index.ts";
import { StartError } from "./listen.ts";
import { startServer, type ServerOptions } from "./start.ts";

const HELP = `Runs a Convex deployment in one process: milepost-embedded [options]

  --data-dir DIR    folder of the data and the admin key (default .milepost)
  --port N          port of the API and of live queries, 0 = any free one (default 3210)
  --site-port N     port of the HTTP actions, 0 = any free one (default 3211)
  --host ADDRESS    address to listen on (default 127.0.0.1: this machine only)
  --cloud-url URL   where clients reach the API port, when it is behind a proxy
  --site-url URL    where clients reach the site port, when it is behind a proxy
  --help            this text

When it is ready it prints one line of JSON: {"event":"ready","url":...,"siteUrl":...,"dataDir":...}
The admin key, CONVEX_SELF_HOSTED_ADMIN_KEY of \`npx convex ...\`, is in DIR/admin-key.`;

function readOptions(args: string[]): ServerOptions | null {
  let values;
  try {
    ({ values } = parseArgs({
      args,
      options: {
        "data-dir": { type: "string", default: ".milepost" },
        port: { type: "string", default: "3210" },
        "site-port": { type: "string", default: "3211" },
        host: { type: "string", default: "127.0.0.1" },
        "cloud-url": { type: "string" },
        "site-url": { type: "string" },
        help: { type: "boolean", default: false },
      },
    }));
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
  if (values.help) return null;
  return {
    dataDir: values["data-dir"],
    port: portNumber("--port", values.port),
    sitePort: portNumber("--site-port", values["site-port"]),
    host: values.host,
    ...(values["cloud-url"] === undefined
      ? {}
      : { cloudUrl: webUrl("--cloud-url", values["cloud-url"]) }),
    ...(values["site-url"] === undefined
      ? {}
      : { siteUrl: webUrl("--site-url", values["site-url"]) }),
  };
}

function portNumber(option: string, text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new StartError(`${option} must be a number from 0 to 65535, not "${text}".`);
}

/** URLs are compared and joined by text later on, so a final slash goes. */
function webUrl(option: string, text: string): string {
  if (!/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : "")) {
    throw new StartError(`${option} must be an http or https URL, not "${text}".`);
  }
  return text.replace(/\/$/, "");
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === null) {
    console.log(HELP);
    return;
  }
  const server = await startServer({ ...options, log: (line) => console.error(line) });
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      server.close().then(() => process.exit(0), fail);
    });
  }
  const { url, siteUrl } = server;
  console.error(
    `Convex deployment at ${url}, HTTP actions at ${siteUrl}, data in ${options.dataDir}`,
  );
  console.log(JSON.stringify({ event: "ready", url, siteUrl, dataDir: options.dataDir }));
}

/** What the person can do something about is one line; a defect shows its stack. */
function fail(error: unknown): never {
  const expected = error instanceof StartError || error instanceof StoreError;
  console.error(expected ? error.message : error);
  process.exit(1);
}

main().catch(fail);
