/** `milepost-embedded start`: options, the ready line, signals. */
import { constants } from "node:os";
import { startServer, type ServerOptions } from "../server/start.ts";
import { jsonLog, plainLog } from "./logFormats.ts";
import { readArguments, requireNames, UsageError } from "./options.ts";
import type { Log } from "../types.ts";

const START_HELP = `Runs a Convex deployment in one process: milepost-embedded [start] [options]

  --data-dir DIR       folder of the data and the admin key (default .milepost)
  --port N             port of the API and of live queries, 0 = any free one (default 3210)
  --site-port N        port of the HTTP actions, 0 = any free one (default 3211)
  --host ADDRESS       address to listen on (default 127.0.0.1: this machine only)
  --cloud-url URL      where clients reach the API port, when it is behind a proxy
  --site-url URL       where clients reach the site port, when it is behind a proxy
  --log-format FORMAT  plain, or json: one object per line (default plain)
  --help               this text

When it is ready it prints one line of JSON: {"event":"ready","url":...,"siteUrl":...,"dataDir":...}
The admin key, CONVEX_SELF_HOSTED_ADMIN_KEY of \`npx convex ...\`, is in DIR/admin-key.
Further commands: backup, restore, compact, check, version. Each explains itself with --help.
SIGINT, SIGTERM and SIGHUP stop it when what runs has been answered; a second one ends it at once.`;

const FORMATS: ReadonlyMap<string, Log> = new Map([
  ["plain", plainLog],
  ["json", jsonLog],
]);

/** Runs until a signal ends it. Refuses wrong options with `UsageError`. */
export async function start(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options === null) {
    console.log(START_HELP);
    return;
  }
  const { log } = options;
  // Whoever reads the log may go before the server does.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const server = await startServer(options);
  let isStopping = false;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      // Everything acknowledged is on disk, so ending at once loses nothing.
      if (isStopping) process.exit(128 + constants.signals[signal]);
      isStopping = true;
      log("Stopping: new work is refused, what runs is finished first.", { level: "info" });
      server.close().then(
        () => process.exit(0),
        (error: unknown) => {
          log(`The server could not stop in order: ${String(error)}`, { level: "error" });
          process.exit(1);
        },
      );
    });
  }
  const { url, siteUrl } = server;
  const { dataDir } = options;
  log(`Convex deployment at ${url}, HTTP actions at ${siteUrl}, data in ${dataDir}`, {
    level: "info",
  });
  console.log(JSON.stringify({ event: "ready", url, siteUrl, dataDir }));
}

function readOptions(args: string[]): (ServerOptions & { log: Log }) | null {
  const { values, positionals } = readArguments(START_HELP, args, {
    "data-dir": { type: "string", default: ".milepost" },
    port: { type: "string", default: "3210" },
    "site-port": { type: "string", default: "3211" },
    host: { type: "string", default: "127.0.0.1" },
    "cloud-url": { type: "string" },
    "site-url": { type: "string" },
    "log-format": { type: "string", default: "plain" },
    help: { type: "boolean", default: false },
  });
  if (values.help) return null;
  requireNames(START_HELP, positionals);
  const log = FORMATS.get(values["log-format"]);
  if (log === undefined) {
    throw new UsageError(`--log-format must be plain or json, not "${values["log-format"]}".`);
  }
  return {
    dataDir: values["data-dir"],
    port: portNumber("--port", values.port),
    sitePort: portNumber("--site-port", values["site-port"]),
    host: values.host,
    log,
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
  throw new UsageError(`${option} must be a number from 0 to 65535, not "${text}".`);
}

/** URLs are compared and joined by text later on, so a final slash goes. */
function webUrl(option: string, text: string): string {
  if (!/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : "")) {
    throw new UsageError(`${option} must be an http or https URL, not "${text}".`);
  }
  return text.replace(/\/$/, "");
}
