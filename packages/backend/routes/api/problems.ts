import { refusalOf, type Refusal, STATUS_BY_CODE } from "../../lib/errors";

/** What people read for each status the API answers with. */
export const TITLES: Readonly<Record<number, string>> = {
  400: "The request is not valid",
  401: "No valid API key",
  403: "Not allowed",
  404: "Not found",
  405: "This method is not available here",
  409: "In conflict with the current state",
  413: "The body is too large",
  415: "The body must be JSON",
  422: "Against the rules of the challenge",
  429: "Too many calls",
  500: "Something broke on our side",
};

/** A refusal whose status the code alone does not say: of the request itself, before any rule looks at it. */
export class HttpRefusal extends Error {
  constructor(
    readonly status: number,
    readonly refusal: Refusal,
    readonly headers: Record<string, string> = {},
  ) {
    super(refusal.code);
  }
}

export const DAMAGED_CURSOR = {
  code: "INVALID_INPUT",
  path: "cursor",
  problem: "is not a cursor of this list",
} as const satisfies Refusal;

/** Refuses a request for its form. */
export function refuseRequest(path: string, problem: string, status = 400): never {
  throw new HttpRefusal(status, { code: "INVALID_INPUT", path, problem });
}

/**
 * Problem details (RFC 9457) of whatever ended a request: `code` and its data for a refusal; for a fault of ours no more
 * than that it is one.
 */
export function problemResponse(error: unknown): Response {
  if (error instanceof HttpRefusal) return ofRefusal(error.refusal, error.status, error.headers);
  const refusal = refusalOf(error);
  if (refusal !== null) return ofRefusal(refusal, STATUS_BY_CODE[refusal.code]);
  if (isDamagedCursor(error)) return ofRefusal(DAMAGED_CURSOR, 400);
  // Only the deployment's log learns what it was.
  console.error(error);
  return problem(500, { type: "about:blank", title: TITLES[500], status: 500 });
}

/** Whether `.paginate` refused a cursor: one that a client made up around the right list. */
function isDamagedCursor(error: unknown): boolean {
  return error instanceof Error && error.message.includes("InvalidCursor");
}

function ofRefusal(refusal: Refusal, status: number, headers?: Record<string, string>): Response {
  const { code, ...data } = refusal;
  const type = `/api/v1/docs#${code}`;
  return problem(
    status,
    { type, title: TITLES[status], status, code, ...data },
    { ...headers, ...waitingTime(refusal), ...challengeOf(status) },
  );
}

/** Whole seconds, rounded up, and up to one more so that not everybody comes back at once. */
function waitingTime(refusal: Refusal): Record<string, string> {
  if (refusal.code !== "RATE_LIMITED") return {};
  return { "Retry-After": String(Math.ceil(refusal.retryAfterMs / 1000 + Math.random())) };
}

function challengeOf(status: number): Record<string, string> {
  return status === 401 ? { "WWW-Authenticate": 'Bearer realm="Milepost API"' } : {};
}

function problem(status: number, body: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      ...headers,
    },
  });
}
