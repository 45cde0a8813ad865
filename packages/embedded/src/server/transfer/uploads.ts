/** The files of imports while they come in, part by part. */
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { open, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ApiError, badRequest } from "../http/errors.ts";

/** The largest piece of a file in one request; the CLI sends 5 MiB. */
const PART_BYTES = 64 * 1024 * 1024;

interface Upload {
  startedMs: number;
  /** Where each part begins in the file; the last one is where the part begins that comes next. */
  starts: number[];
  /** Ends the request that writes. */
  writing: AbortController;
  /** Settles when nobody writes. */
  written: Promise<void>;
}

export class Uploads {
  readonly #folder: string;
  readonly #byToken = new Map<string, Upload>();

  /** `folder`: of this class alone. What a stopped server left in it is removed. */
  constructor(folder: string) {
    this.#folder = folder;
    rmSync(folder, { recursive: true, force: true });
  }

  /** Begins an upload; answers its token. */
  start(): string {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const token = randomUUID();
    this.#byToken.set(token, {
      startedMs: Date.now(),
      starts: [0],
      writing: new AbortController(),
      written: Promise.resolve(),
    });
    return token;
  }

  /**
   * Takes the next part of a file, or the last one once more: a client that lost its connection does not know
   * whether the part has come. Refuses unknown tokens, other parts and parts of more than 64 MiB.
   * @param part number of the part, from 1 on
   */
  async write(token: string, part: number, body: Readable): Promise<void> {
    const upload = this.#byToken.get(token);
    const next = upload?.starts.length;
    if (upload === undefined || (part !== next && part + 1 !== next)) throw noSuchPart();
    // Of a connection that the client has given up, and nobody here has noticed.
    upload.writing.abort();
    const writing = new AbortController();
    upload.writing = writing;
    upload.written = upload.written
      .catch(() => undefined)
      .then(() => this.#append(token, upload, part, body, writing.signal));
    await upload.written;
  }

  /** Ends an upload; answers where its file is, which belongs to the caller then. Refuses unknown tokens. */
  async finish(token: string): Promise<string> {
    if (!this.#byToken.delete(token)) throw badRequest("BadUpload", "There is no such upload.");
    const path = this.#pathOf(token);
    // Without a part there is no file yet.
    await (await open(path, "a", 0o600)).close();
    return path;
  }

  /** Removes uploads that were started before this time and have not been finished. */
  forgetBefore(timeMs: number): void {
    for (const [token, { startedMs, writing }] of this.#byToken) {
      if (startedMs >= timeMs) continue;
      writing.abort();
      this.#byToken.delete(token);
      rmSync(this.#pathOf(token), { force: true });
    }
  }

  async #append(
    token: string,
    upload: Upload,
    part: number,
    body: Readable,
    signal: AbortSignal,
  ): Promise<void> {
    const start = upload.starts[part - 1];
    if (start === undefined) throw noSuchPart();
    let size = 0;
    const bounded = async function* bounded(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        size += chunk.length;
        if (size > PART_BYTES) throw badRequest("PartTooLarge", "A part has at most 64 MiB.");
        yield chunk;
      }
    };
    // An earlier try may have come halfway.
    const file = await open(this.#pathOf(token), "a", 0o600);
    await file.truncate(start).catch(async (error: unknown) => {
      await file.close();
      throw error;
    });
    try {
      await pipeline(body, bounded, file.createWriteStream(), { signal });
    } catch (error) {
      if (!isRefusedByDisk(error)) throw error;
      // What has come of the part would only take the space that is missing.
      await truncate(this.#pathOf(token), start);
      throw new ApiError(507, "UploadNotStored", `The upload was not stored: ${error.message}.`);
    }
    upload.starts = [...upload.starts.slice(0, part), start + size];
  }

  #pathOf(token: string): string {
    return join(this.#folder, token);
  }
}

function isRefusedByDisk(error: unknown): error is Error {
  return error instanceof Error && "syscall" in error && error.syscall === "write";
}

function noSuchPart() {
  return badRequest("BadUpload", "There is no such upload, or its parts came out of order.");
}
