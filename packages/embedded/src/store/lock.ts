/**
 * One process per data directory. The lock is a listening socket, so the operating system drops it
 * with its process, also after kill -9; its name is made of the directory's device and inode, so two
 * paths to one directory share it.
 */
import { statSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StoreError } from "./errors.ts";

export interface Lock {
  release(): Promise<void>;
}

/** Takes the lock of an existing directory; throws `StoreError` LOCKED when another store has it. */
export async function lockDirectory(dir: string): Promise<Lock> {
  const address = lockAddress(dir);
  const server =
    (await listen(address)) ?? ((await isStale(address)) ? await replaceStale(address) : null);
  if (server === null) {
    throw new StoreError(
      "LOCKED",
      `The data folder ${dir} is in use by another running server. Stop that one, or choose another folder.`,
    );
  }
  server.unref();
  return { release: () => new Promise((resolve) => server.close(() => resolve())) };
}

function lockAddress(dir: string): string {
  const { dev, ino } = statSync(dir, { bigint: true });
  const name = `milepost-store-${dev}-${ino}`;
  // Linux's abstract names and Windows' pipes leave nothing behind; elsewhere the socket is a file.
  if (process.platform === "linux") return `\0${name}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

/** The listening server, or null when the address is taken. */
function listen(address: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(null);
      else reject(error);
    });
    server.listen({ path: address }, () => resolve(server));
  });
}

/** True for a socket file whose process is gone: nobody answers. */
function isStale(address: string): Promise<boolean> {
  if (process.platform === "linux" || process.platform === "win32") return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = connect({ path: address });
    socket.once("connect", () => {
      socket.destroy();
      resolve(false);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
}

/** Two processes may both find the file stale: the one whose socket file survives has the lock. */
async function replaceStale(address: string): Promise<Server | null> {
  unlinkSync(address);
  const server = await listen(address);
  if (server === null) return null;
  const own = statSync(address).ino;
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (statSync(address, { throwIfNoEntry: false })?.ino === own) return server;
  server.close();
  return null;
}
