/** Answers of the API port. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { PushError } from "../../runtime/errors.ts";
import { StoreError } from "../../store/index.ts";
import { ApiError } from "./errors.ts";

/** Sends `body` as JSON. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  sendJsonText(response, status, JSON.stringify(body));
}

/** Sends what is JSON already. */
export function sendJsonText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "application/json");
  // Node knows its length.
  response.end(text);
}

/** Sends the `{code, message}` of a refusal; anything unexpected is logged and answered with 500. */
export function sendError(
  response: ServerResponse,
  error: unknown,
  log: (line: string) => void,
): void {
  const known = asApiError(error);
  if (known === null) log(`Unexpected error: ${errorText(error)}`);
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  // A body that was refused half-read would otherwise be taken for the next request.
  response.setHeader("Connection", "close");
  sendJson(response, known?.status ?? 500, {
    code: known?.code ?? "InternalServerError",
    message: known?.message ?? "The server failed; its log says why.",
  });
}

/** The refusal behind an error of any layer; null when it is a defect of the server. */
function asApiError(error: unknown): ApiError | null {
  if (error instanceof ApiError) return error;
  if (error instanceof PushError) return new ApiError(400, error.code, error.message);
  if (error instanceof StoreError && error.code === "WRITE") {
    return new ApiError(400, "DiskRefusedWrite", error.message);
  }
  if (error instanceof StoreError && error.code === "SCHEMA") {
    return new ApiError(400, "SchemaDoesNotFit", error.message);
  }
  return null;
}

export function errorText(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Allows every origin: access is decided by tokens and the admin key, never by cookies. */
export function allowEveryOrigin(response: ServerResponse): void {
  response.setHeader("Access-Control-Allow-Origin", "*");
}

/** Answers what a browser asks before it lets a page of another origin send a request. */
export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(204, {
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers":
      request.headers["access-control-request-headers"] ?? "Content-Type, Authorization",
    "Access-Control-Max-Age": "86400",
  });
  response.end();
}
