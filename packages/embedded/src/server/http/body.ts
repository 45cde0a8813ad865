/** Request bodies: bounded, decompressed, parsed. */
import type { IncomingMessage } from "node:http";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import type { z } from "zod";
import { ApiError, badRequest } from "./errors.ts";

const MEBIBYTE = 1024 * 1024;

/** A function call: Convex allows 16 MiB of arguments. */
export const CALL_BODY_BYTES = 20 * MEBIBYTE;
/** A push with all its modules, after decompression. */
export const PUSH_BODY_BYTES = 128 * MEBIBYTE;

const decompressors = {
  br: promisify(brotliDecompress),
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
};

/**
 * Reads a body of at most `limit` bytes, before as well as after decompression (br, gzip, deflate).
 * Refuses a larger one with 413, an unknown encoding with 415, damaged data with 400.
 */
async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const body = await readBytes(request, limit);
  const encoding = request.headers["content-encoding"] ?? "identity";
  if (encoding === "identity") return body;
  if (!isKnown(encoding)) {
    throw new ApiError(415, "UnsupportedEncoding", `Unknown content encoding "${encoding}".`);
  }
  try {
    return await decompressors[encoding](body, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limit);
    throw badRequest("BadBody", `The body is not valid ${encoding} data.`);
  }
}

/**
 * Refuses a body that announces itself as too large before reading any of it. By events: iterating over a request takes
 * longer than what nearly all of them have in it.
 */
async function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge(limit);
  return await new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const brokeOff = () => reject(badRequest("BadBody", "The body broke off."));
    // It says so only once.
    if (request.destroyed) return brokeOff();
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else {
        // What was read of it goes now, and nothing more is read.
        chunks.length = 0;
        request.pause();
        reject(tooLarge(limit));
      }
    });
    request.on("end", () => {
      request.off("close", brokeOff);
      resolve(Buffer.concat(chunks));
    });
    request.on("error", brokeOff);
    request.on("close", brokeOff);
  });
}

/**
 * Reads a JSON body and checks its shape. Refuses with a 4xx `ApiError` that names the first field
 * that is wrong; an empty body counts as `{}`.
 */
export async function readJson<Schema extends z.ZodType>(
  request: IncomingMessage,
  schema: Schema,
  limit: number = CALL_BODY_BYTES,
): Promise<z.output<Schema>> {
  const text = (await readBody(request, limit)).toString("utf8");
  return checkShape(parseJson(text === "" ? "{}" : text), schema);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("BadJson", "The body is not valid JSON.");
  }
}

/** Checks `value` against `schema`; refuses with a 400 that names the first field that is wrong. */
export function checkShape<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? "" : `${issue.path.join(".")}: `;
  throw badRequest("BadRequest", `${field}${issue?.message ?? "The body has the wrong shape."}`);
}

function isKnown(encoding: string): encoding is keyof typeof decompressors {
  return Object.hasOwn(decompressors, encoding);
}

function tooLarge(limit: number): ApiError {
  return new ApiError(413, "BodyTooLarge", `The body is larger than ${limit / MEBIBYTE} MiB.`);
}
