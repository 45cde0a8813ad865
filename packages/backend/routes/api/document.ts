import { type OpenAPIHono, z } from "@hono/zod-openapi";
import type { ErrorCode } from "../../lib/errors";
import { STATUS_BY_CODE } from "../../lib/errors";
import type { JsonSchema } from "./answers";
import type { ApiDocument } from "./docsPage";
import { makesChanges, type Operation } from "./operations";
import { TITLES } from "./problems";

const PROBLEM = "application/problem+json";
/** What every operation refuses. */
const COMMON: readonly ErrorCode[] = [
  "NOT_SIGNED_IN",
  "NOT_FOUND",
  "NOT_PARTICIPANT",
  "INSUFFICIENT_SCOPE",
  "RATE_LIMITED",
  "INVALID_INPUT",
];

const DESCRIPTION = `Points, boards and activities of one challenge, for programs.

**Keys.** A participant makes a key on the page of the challenge. It is sent as \`Authorization: Bearer mp_...\`, opens that challenge only, can do what its scopes say (\`read\`, \`log\`, \`admin\`) and never more than its person can at the time. It can be revoked at any time.

**Limits.** 120 calls a minute and key; \`Retry-After\` says how many seconds to wait after a 429.

**Sending again.** A POST, PATCH or DELETE with an \`Idempotency-Key\` (a UUID) may be sent again for 7 days: it happens once and answers the first result. The same key with another request is refused.

**Errors** are problem details (RFC 9457); \`code\` is one of a closed list, and the fields beside it say the limit, the dates or the field it is about.`;

/** The statuses an operation may answer a refusal with, each with the codes behind it. */
export function refusalsOf(operation: Operation): Map<number, ErrorCode[]> {
  const codes = new Set([...COMMON, ...(operation.refusals ?? [])]);
  const byStatus = new Map<number, ErrorCode[]>();
  const add = (status: number, code: ErrorCode) =>
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  for (const code of codes) add(STATUS_BY_CODE[code], code);
  if (operation.body !== null) {
    add(413, "INVALID_INPUT");
    add(415, "INVALID_INPUT");
  }
  return new Map([...byStatus].sort(([a], [b]) => a - b));
}

const problemSchema: JsonSchema = {
  type: "object",
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    code: { enum: Object.keys(STATUS_BY_CODE) },
  },
  required: ["type", "title", "status"],
  description: "Problem details (RFC 9457); the fields beside these are data of the code.",
};

/** Adds an operation to the document of the API. */
export function describe(app: OpenAPIHono, operation: Operation): void {
  const { method, path, tag, operationId, summary, description, scopes, answer } = operation;
  const { params, query, body, statuses = [200] } = operation;
  const refusals = [...refusalsOf(operation)].map(([status, codes]) => [
    status,
    { description: `${TITLES[status]}: ${codes.join(", ")}`, content: problemContent },
  ]);
  const answers = statuses.map((status) => [
    status,
    {
      description: status === 201 ? "Made" : "Done",
      content: { "application/json": { schema: answer } },
    },
  ]);
  app.openAPIRegistry.registerPath({
    method,
    path: `/api/v1${path}`,
    tags: [tag],
    operationId,
    summary,
    description: [description, `Scope: ${scopes.map((scope) => `\`${scope}\``).join(" or ")}.`]
      .filter(Boolean)
      .join(" "),
    security: [{ apiKey: [] }],
    request: {
      params,
      query,
      ...(makesChanges(operation) ? { headers: idempotencyHeader } : {}),
      ...(body === null
        ? {}
        : { body: { content: { "application/json": { schema: body } }, required: true } }),
    },
    responses: Object.fromEntries([...answers, ...refusals]),
  });
}

const problemContent = { [PROBLEM]: { schema: { $ref: "#/components/schemas/Problem" } } };
const idempotencyHeader = z.object({
  "Idempotency-Key": z.uuid().optional().openapi({
    description: "Made by the client before sending; the same call again answers the first result.",
  }),
});

/** The OpenAPI 3.1 document of the operations described. @param server address of the API */
export function documentOf(app: OpenAPIHono, server: string): ApiDocument {
  const document: unknown = app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: { title: "Milepost API", version: "1", description: DESCRIPTION },
    servers: [{ url: server }],
  });
  // The generator's own type is wider than what was described above.
  return document as ApiDocument;
}

/** Adds what operations refer to. */
export function describeShared(app: OpenAPIHono): void {
  app.openAPIRegistry.registerComponent("schemas", "Problem", problemSchema);
  app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", {
    type: "http",
    scheme: "bearer",
    description: "An API key, `mp_...`",
  });
}
