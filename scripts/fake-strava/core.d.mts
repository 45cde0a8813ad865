/** A request as the fake needs it; `url` may be a path. */
export interface FakeRequest {
  method: string;
  url: string;
  authorization?: string | undefined;
  body?: string | undefined;
}

export interface FakeAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
  /** The answer never comes. */
  isLost?: boolean;
}

/** What can go wrong with a read: refused by the rate limit, 503, no answer, an answer that breaks off. */
export type Fault = "limit" | "server" | "timeout" | "truncated" | "none";

export interface FakeActivity {
  id: number;
  start_date: string;
  start_date_local?: string;
  sport_type?: string;
  name?: string;
  distance?: number;
  moving_time?: number;
  elapsed_time?: number;
  athlete?: { id: number; resource_state: number };
}

export interface FakeOptions {
  clientId: string;
  clientSecret: string;
  /** UTC ms. */
  now: () => number;
  /** Asks a callback; answers its body. */
  call: (url: string) => Promise<string>;
  quarter?: number;
  day?: number;
  readQuarter?: number;
  readDay?: number;
}

export interface FakeEvent {
  aspect_type: "create" | "update" | "delete";
  event_time: number;
  object_id: number;
  object_type: "activity" | "athlete";
  owner_id: number;
  subscription_id: number;
  updates: Record<string, string>;
}

export declare class FakeStrava {
  counts: {
    reads: number;
    refused: number;
    refreshes: number;
    mostInQuarter: number;
    mostInDay: number;
  };
  constructor(options: FakeOptions);
  get subscription(): { id: number; callbackUrl: string } | null;
  activitiesOf(athleteId: string): Map<string, FakeActivity>;
  put(athleteId: string, activity: FakeActivity): void;
  remove(athleteId: string, activityId: string): void;
  revoke(athleteId: string): void;
  refuseAccess(athleteId: string): void;
  fail(fault: Fault, times?: number): void;
  consent(athleteId: string, scope?: string): { code: string; scope: string };
  event(
    athleteId: string,
    objectId: string,
    aspect: FakeEvent["aspect_type"],
    updates?: Record<string, string>,
  ): FakeEvent;
  handle(request: FakeRequest): Promise<FakeAnswer>;
}
