/** The messages of the sync protocol: what clients may send, and how timestamps are written. */
import { z } from "zod";
import { actingIdentity } from "../auth/identity.ts";

const version = z.int().nonnegative();
/** `undefined` fields disappear in JSON, and older clients write null. */
const componentPath = z.string().nullish();
const args = z.array(z.unknown()).max(1);
const udfPath = z.string().min(1).max(1000);

const addQuery = z.object({
  type: z.literal("Add"),
  queryId: version,
  udfPath,
  args,
  journal: z.string().nullish(),
  componentPath,
});
export type AddQuery = z.output<typeof addQuery>;

const functionRequest = { requestId: version, udfPath, args, componentPath };

const authenticate = z.discriminatedUnion("tokenType", [
  z.object({
    type: z.literal("Authenticate"),
    tokenType: z.literal("Admin"),
    value: z.string(),
    baseVersion: version,
    impersonating: actingIdentity.nullish(),
  }),
  z.object({
    type: z.literal("Authenticate"),
    tokenType: z.literal("User"),
    value: z.string(),
    baseVersion: version,
  }),
  z.object({
    type: z.literal("Authenticate"),
    tokenType: z.literal("None"),
    baseVersion: version,
  }),
]);
export type Authenticate = z.output<typeof authenticate>;

/** As on Convex timestamps end here; what a client is told stays within the u64 that travels. */
const TIMESTAMP_END = 2n ** 63n;

const base64Timestamp = z
  .base64()
  .refine((text) => Buffer.from(text, "base64").length === 8, "not a timestamp")
  .transform((text) => Buffer.from(text, "base64").readBigUInt64LE())
  .refine((ts) => ts < TIMESTAMP_END, "not a timestamp");

const connect = z.object({
  type: z.literal("Connect"),
  sessionId: z.string().min(1).max(100),
  /** The client's clock, milliseconds since 1970. */
  clientTs: z.number().nullish(),
  maxObservedTimestamp: base64Timestamp.nullish(),
});
export type Connect = z.output<typeof connect>;

const modifyQuerySet = z.object({
  type: z.literal("ModifyQuerySet"),
  baseVersion: version,
  newVersion: version,
  modifications: z.array(
    z.discriminatedUnion("type", [
      addQuery,
      z.object({ type: z.literal("Remove"), queryId: version }),
    ]),
  ),
});
export type ModifyQuerySet = z.output<typeof modifyQuerySet>;

const mutation = z.object({ type: z.literal("Mutation"), ...functionRequest });
const action = z.object({ type: z.literal("Action"), ...functionRequest });
export type FunctionRequest = z.output<typeof mutation> | z.output<typeof action>;

export const clientMessage = z.discriminatedUnion("type", [
  connect,
  authenticate,
  modifyQuerySet,
  mutation,
  action,
  z.object({ type: z.literal("Event") }),
]);
export type ClientMessage = z.output<typeof clientMessage>;

/** Timestamps travel as base64 of a little-endian u64. */
export function encodeTs(ts: bigint): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(ts);
  return bytes.toString("base64");
}

/** The client broke the protocol; told with a FatalError, after which it gives up for good. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
}

/** Reads a message of a client. Refuses what is none with `ProtocolError`. */
export function parseMessage(text: string): ClientMessage {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new ProtocolError("A message is not valid JSON.");
  }
  const parsed = clientMessage.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new ProtocolError(
    `A message is malformed: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
  );
}
