import { z } from "@hono/zod-openapi";
import type { Id } from "../../_generated/dataModel";
import type { ErrorCode } from "../../lib/errors";
import type { ActionCtx } from "../../lib/functions";
import type { Scope } from "../../tables/apiKeys";
import type { JsonSchema } from "./answers";

/** A call that was authenticated. */
export interface Call {
  ctx: ActionCtx;
  apiKeyId: Id<"apiKeys">;
  /** The challenge of the key. */
  challengeId: Id<"challenges">;
  /** From the header Idempotency-Key. */
  requestId?: string;
  /** Tells the cursors of this list from those of others. */
  list: string;
}

interface Input<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
}

type Fields = z.ZodRawShape;
/** What of a request is read: no field but these. */
type Read<Shape extends Fields> = z.output<z.ZodObject<Shape>>;

interface Description {
  method: "get" | "post" | "patch" | "delete";
  /** Below /api/v1, with parameters in braces. */
  path: string;
  tag: string;
  /** Unique, as generated clients name their methods. */
  operationId: string;
  /** A POST that changes nothing, because its question is too long for a query. */
  isQuestion?: true;
  summary: string;
  description?: string;
  /** A key needs one of them. */
  scopes: readonly Scope[];
  answer: JsonSchema;
  /** Of its successful answers; the first is the usual one. */
  statuses?: readonly [200 | 201, ...(200 | 201)[]];
  /** What it refuses beside what every operation refuses. */
  refusals?: readonly ErrorCode[];
  /** The status of an answer, where there are several. */
  statusOf?: (answer: object) => 200 | 201;
}

interface Spec<P extends Fields, Q extends Fields, B extends Fields> extends Description {
  params?: P;
  query?: Q;
  body?: B;
  /** Calls one function and maps its answer. */
  run: (call: Call, input: Input<Read<P>, Read<Q>, Read<B>>) => Promise<object>;
}

/** One operation of the API, as the router and the document need it. */
export interface Operation extends Description {
  params: z.ZodObject;
  query: z.ZodObject;
  /** null for requests without a body. */
  body: z.ZodObject | null;
  run: (call: Call, input: Input<never, never, never>) => Promise<object>;
}

/** Whether an operation changes anything, and so happens once under an Idempotency-Key. */
export function makesChanges({ method, isQuestion }: Operation): boolean {
  return method !== "get" && isQuestion !== true;
}

/** Describes an operation; unknown parameters and fields are refused. */
export function operation<P extends Fields = {}, Q extends Fields = {}, B extends Fields = {}>(
  spec: Spec<P, Q, B>,
): Operation {
  const { params = {}, query = {}, body, ...rest } = spec;
  return {
    ...rest,
    params: z.strictObject(params),
    query: z.strictObject(query),
    body: body === undefined ? null : z.strictObject(body),
  };
}
