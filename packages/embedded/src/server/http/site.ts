/** The site port: every request goes to the deployed `http.ts` router, bodies are streamed both ways. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream as NodeReadableStream } from "node:stream/web";
import type { Engine, UserIdentity } from "../../types.ts";
import type { TokenVerifier } from "../auth/verifier.ts";
import { targetUrl } from "./target.ts";

/** Convex's limit for the body of an HTTP action, in bytes. */
const MAX_BODY_BYTES = 20 * 1024 * 1024;

export interface SiteContext {
  engine: Engine;
  verifier: TokenVerifier;
  siteUrl: string;
}

/** Runs the HTTP action of a request. What it answers goes out after the commits it may show are on disk. */
export async function serveHttpAction(
  { engine, verifier, siteUrl }: SiteContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) {
    response.writeHead(413, { Connection: "close" }).end("The body is larger than 20 MiB.");
    return;
  }
  const aborted = new AbortController();
  response.once("close", () => aborted.abort());
  const identity = await identityOf(verifier, request.headers.authorization);
  const answer = await engine.runHttpAction(
    toWebRequest(request, siteUrl, aborted.signal),
    identity,
  );
  const { store } = engine;
  await store.durable(store.ts);
  response.statusCode = answer.status;
  if (answer.statusText !== "") response.statusMessage = answer.statusText;
  response.setHeaders(answer.headers);
  if (answer.body === null || request.method === "HEAD") {
    response.end();
    // Whoever produces the body of a HEAD may stop.
    await answer.body?.cancel();
    return;
  }
  // Whoever produces the body stops when the client is gone, also while there is nothing to send.
  const { signal } = aborted;
  const body = Readable.fromWeb(answer.body as NodeReadableStream<Uint8Array>, { signal });
  try {
    for await (const chunk of body) {
      await store.durable(store.ts);
      if (response.destroyed) return;
      if (!response.write(chunk)) await drained(response);
    }
    response.end();
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** HTTP actions may use the header for tokens of their own, so an unknown one is nobody, not an error. */
async function identityOf(
  verifier: TokenVerifier,
  authorization: string | undefined,
): Promise<UserIdentity | null> {
  const token = /^bearer (.+)$/i.exec(authorization ?? "")?.[1];
  if (token === undefined) return null;
  try {
    return (await verifier.verify(token)).identity;
  } catch {
    return null;
  }
}

function toWebRequest(request: IncomingMessage, siteUrl: string, signal: AbortSignal): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) {
    for (const single of [value ?? []].flat()) headers.append(name, single);
  }
  const method = request.method ?? "GET";
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(targetUrl(request.url, siteUrl), {
    method,
    headers,
    signal,
    ...(hasBody ? { body: boundedBody(request), duplex: "half" } : {}),
  });
}

/** A body without a declared length is cut off where it becomes too long. */
function boundedBody(request: IncomingMessage): ReadableStream<Uint8Array> {
  let size = 0;
  const bounded = request.map((chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new Error("The body is larger than 20 MiB.");
    return chunk;
  });
  return Readable.toWeb(bounded) as ReadableStream<Uint8Array>;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done);
      response.off("close", done);
      resolve();
    };
    response.on("drain", done);
    response.on("close", done);
  });
}
