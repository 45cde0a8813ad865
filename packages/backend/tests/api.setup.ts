import { api } from "../_generated/api";
import type { Id } from "../_generated/dataModel";
import type { Scope } from "../tables/apiKeys";
import { snapshotTables, type TestBackend } from "./backend.setup";
import type { Member, Scene } from "./ledger.setup";

/** An answer of the HTTP API. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface Sent {
  key?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Calls the HTTP API, as a client does. @param path below /api/v1 */
export async function send(
  t: TestBackend,
  method: string,
  path: string,
  { key, body, headers = {} }: Sent = {},
): Promise<Answer> {
  const all: Record<string, string> = { ...headers };
  if (key !== undefined) all.Authorization = `Bearer ${key}`;
  if (body !== undefined) all["Content-Type"] ??= "application/json";
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const response = await t.fetch(`/api/v1${path}`, { method, headers: all, body: text });
  const answer = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") === true;
  const parsed = isJson ? (JSON.parse(answer) as Record<string, unknown>) : { text: answer };
  return { status: response.status, headers: response.headers, body: parsed };
}

/** Every row of every table, but what a call notes of itself: that it was made, and when its key was last used. */
export async function tablesBesideCalls(t: TestBackend): Promise<string> {
  const { apiRequests: _requests, apiKeyUses: _uses, ...tables } = await snapshotTables(t);
  return JSON.stringify(tables, (name, value: unknown) => {
    if (name === "lastUsedAt") return undefined;
    return typeof value === "bigint" ? `${value}n` : value;
  });
}

/** A new key of somebody for a scene's challenge. */
export async function keyOf(
  { challengeId }: Pick<Scene, "challengeId">,
  { as }: Pick<Member, "as">,
  ...scopes: Scope[]
): Promise<{ key: string; apiKeyId: Id<"apiKeys">; keyId: string; last4: string }> {
  return await as.mutation(api.mutations.apiKeys.create, { challengeId, name: "Test", scopes });
}
