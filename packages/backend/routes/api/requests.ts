import type { z } from "@hono/zod-openapi";
import { refuseRequest } from "./problems";

/** The largest body in bytes: 100 imported rows with long titles have room in it. */
export const MAX_BODY_BYTES = 256 * 1024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The JSON body of a request. Refuses other types (415), larger ones (413), and what is no JSON in UTF-8 (400). */
export async function readJsonBody(request: Request): Promise<unknown> {
  const type = request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/json") refuseRequest("content-type", "must be application/json", 415);
  const bytes = await readBytes(request);
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return refuseRequest("body", "must be JSON in UTF-8");
  }
}

/** A body that is too large is read to its end, and forgotten: a client that still sends cannot hear an answer. */
async function readBytes(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body?.getReader();
  for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
    size += chunk.value.length;
    if (size <= MAX_BODY_BYTES) chunks.push(chunk.value);
  }
  if (size > MAX_BODY_BYTES) {
    refuseRequest("body", `must have at most ${MAX_BODY_BYTES} bytes`, 413);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Query parameters by name. Refuses INVALID_INPUT for one that is given twice. */
export function readQuery(url: URL): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of url.searchParams) {
    if (Object.hasOwn(found, name)) refuseRequest(name, "is given twice");
    Object.defineProperty(found, name, { value, enumerable: true });
  }
  return found;
}

/** The id a client gives a call that it may send again. Refuses INVALID_INPUT for anything but a UUID. */
export function readIdempotencyKey(headers: Headers): string | undefined {
  const key = shownIdempotencyKey(headers);
  if (key === undefined && headers.has("idempotency-key"))
    refuseRequest("Idempotency-Key", "must be a UUID");
  return key;
}

/** The same for the list of requests, which a call that is refused for it is in as well. */
export function shownIdempotencyKey(headers: Headers): string | undefined {
  const key = headers.get("idempotency-key") ?? "";
  return UUID.test(key) ? key.toLowerCase() : undefined;
}

/** A part of a request as its schema reads it. Refuses INVALID_INPUT, naming the first field that is wrong. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const path = (issue?.path ?? []).map(String);
  if (issue?.code === "unrecognized_keys") {
    return refuseRequest([...path, issue.keys[0]].join("."), "is not a known field");
  }
  return refuseRequest(path.join(".") || "body", issue?.message ?? "is not valid");
}
