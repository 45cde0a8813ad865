import { fieldsOfJson, idOf } from "./stravaActivity";

/** The largest body a webhook delivery may have, in UTF-16 units: real ones have a few hundred. */
export const MAX_EVENT_LENGTH = 4096;

/** What a delivery says happened. Nothing is signed: it is a rumour that only says where to look. */
export interface StravaEvent {
  subscriptionId: string;
  kind: "activity" | "deauthorize";
  /** The activity, or the athlete again. */
  objectId: string;
  athleteId: string;
  aspect: "create" | "update" | "delete";
  /** Seconds since 1970. */
  eventTime: number;
  /** Everything that makes two deliveries one event. */
  identity: string;
}

export type EventRejection = "tooLong" | "notJson" | "badShape" | "notForUs";

export type ReadEvent = { ok: true; event: StravaEvent } | { ok: false; reason: EventRejection };

const KNOWN = new Set([
  "aspect_type",
  "event_time",
  "object_id",
  "object_type",
  "owner_id",
  "subscription_id",
  "updates",
]);

function reject(reason: EventRejection): ReadEvent {
  return { ok: false, reason };
}

function aspectOf(value: unknown): StravaEvent["aspect"] | null {
  return value === "create" || value === "update" || value === "delete" ? value : null;
}

/** Updates as [name, text] in order; null unless they are an object. */
function updatesOf(value: unknown): Array<[string, string]> | null {
  if (value === undefined || value === null) return [];
  if (typeof value !== "object" || Array.isArray(value)) return null;
  const entries = Object.entries(fieldsOfJson(value)).map(([name, given]): [string, string] => [
    name,
    typeof given === "string" ? given : JSON.stringify(given),
  ]);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}

/**
 * Reads the body of a delivery. Ids may be numbers or texts and `updates` may be missing; unknown fields, kinds and
 * aspects are rejected. Of the athlete events only the one that ends an authorization is for us.
 */
export function readEvent(body: string): ReadEvent {
  if (body.length > MAX_EVENT_LENGTH) return reject("tooLong");
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return reject("notJson");
  }
  const fields = fieldsOfJson(json);
  const aspect = aspectOf(fields["aspect_type"]);
  const objectId = idOf(fields["object_id"]);
  const athleteId = idOf(fields["owner_id"]);
  const subscriptionId = idOf(fields["subscription_id"]);
  const eventTime = Number(idOf(fields["event_time"]));
  const updates = updatesOf(fields["updates"]);
  const isKnown = Object.keys(fields).every((name) => KNOWN.has(name));
  if (!isKnown || !aspect || !objectId || !athleteId || !subscriptionId || !eventTime || !updates)
    return reject("badShape");
  const type = fields["object_type"];
  const isRevoked = updates.some(([name, value]) => name === "authorized" && value === "false");
  const isDeauthorize = type === "athlete" && isRevoked && objectId === athleteId;
  if (type !== "activity" && !isDeauthorize) return reject("notForUs");
  const kind = isDeauthorize ? "deauthorize" : "activity";
  const identity = JSON.stringify([
    subscriptionId,
    kind,
    objectId,
    athleteId,
    aspect,
    eventTime,
    updates,
  ]);
  const event = { subscriptionId, kind, objectId, athleteId, aspect, eventTime, identity } as const;
  return { ok: true, event };
}
