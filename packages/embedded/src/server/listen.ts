/** Listening sockets and their clear refusals. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Log } from "../types.ts";

/** The server cannot start; the message is for the person who started it. */
export class StartError extends Error {
  override readonly name = "StartError";
}

/**
 * Listens and answers the port taken (of 0 a free one). Refuses with `StartError` when the port is
 * taken or may not be used. What goes wrong with accepting later on is logged: it concerns one client.
 * @param option name of the command line option to choose another port with
 */
export function listen(
  server: Server,
  host: string,
  port: number,
  option: string,
  log: Log,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException) =>
      reject(new StartError(explain(error, host, port, option)));
    server.once("error", refuse);
    server.listen(port, host, () => {
      server.off("error", refuse);
      server.on("error", (error) => log(`A connection was not accepted: ${error.message}`));
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number, option: string): string {
  if (error.code === "EADDRINUSE") {
    return `Port ${port} on ${host} is taken by another program. Stop it, or choose another port with ${option}.`;
  }
  if (error.code === "EACCES") {
    return `Port ${port} may not be used without special rights. Choose one above 1023 with ${option}.`;
  }
  if (error.code === "EADDRNOTAVAIL") {
    return `This machine has no address ${host}. Choose another one with --host.`;
  }
  return `Cannot listen on ${host}:${port}: ${error.message}`;
}
