// What Strava does, as far as Milepost uses it, without network and with a clock of the caller: shared by the local
// server (main.mjs) and the backend's tests.

const QUARTER_MS = 15 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const ACCESS_LIFETIME_MS = 6 * 60 * 60_000;
const PAGE_SIZE = 200;

/** @typedef {import("./core.d.mts").FakeRequest} FakeRequest */
/** @typedef {import("./core.d.mts").FakeAnswer} FakeAnswer */
/** @typedef {import("./core.d.mts").FakeActivity} FakeActivity */
/** @typedef {import("./core.d.mts").Fault} Fault */
/** @typedef {import("./core.d.mts").FakeOptions} FakeOptions */

/**
 * @param {number} status @param {unknown} [body] @param {Record<string, string>} [headers]
 * @returns {FakeAnswer}
 */
const answer = (status, body, headers = {}) => ({
  status,
  headers: { "Content-Type": "application/json; charset=utf-8", ...headers },
  body: body === undefined ? "" : JSON.stringify(body),
});

/** @param {string} resource @param {string} field */
const problem = (resource, field) => ({
  message: resource === "Application" ? "Authorization Error" : "Bad Request",
  errors: [{ resource, field, code: "invalid" }],
});

/** A made-up Strava: athletes, their activities, rotating tokens, rate limits, one webhook subscription, and faults. */
export class FakeStrava {
  /** @type {Map<string, Map<string, FakeActivity>>} */
  #athletes = new Map();
  /** @type {Map<string, {athleteId: string, scope: string}>} */
  #codes = new Map();
  /** @type {Map<string, string>} the one refresh token of each athlete that works */
  #refreshTokens = new Map();
  /** @type {Map<string, {athleteId: string, expiresAt: number}>} */
  #accessTokens = new Map();
  /** @type {Set<string>} athletes whose access tokens are refused */
  #refused = new Set();
  /** @type {Fault[]} */
  #faults = [];
  #issued = 0;
  #quarter = { start: 0, used: 0 };
  #day = { start: 0, used: 0 };
  #subscription = /** @type {{id: number, callbackUrl: string} | null} */ (null);
  /** Reads that were answered, refused by a rate limit, and refreshes of tokens. */
  counts = { reads: 0, refused: 0, refreshes: 0, mostInQuarter: 0, mostInDay: 0 };

  /** @param {FakeOptions} options */
  constructor(options) {
    this.options = { readQuarter: 100, readDay: 1000, quarter: 200, day: 2000, ...options };
  }

  /** @param {string} athleteId */
  activitiesOf(athleteId) {
    let activities = this.#athletes.get(athleteId);
    if (activities === undefined) this.#athletes.set(athleteId, (activities = new Map()));
    return activities;
  }

  /** Creates or changes an activity. @param {string} athleteId @param {FakeActivity} activity */
  put(athleteId, activity) {
    const athlete = { id: Number(athleteId), resource_state: 1 };
    this.activitiesOf(athleteId).set(String(activity.id), { ...activity, athlete });
  }

  /** @param {string} athleteId @param {string} activityId */
  remove(athleteId, activityId) {
    this.activitiesOf(athleteId).delete(activityId);
  }

  /** The athlete takes every authorization back. @param {string} athleteId */
  revoke(athleteId) {
    for (const [token, owner] of this.#refreshTokens)
      if (owner === athleteId) this.#refreshTokens.delete(token);
    for (const [token, { athleteId: owner }] of this.#accessTokens)
      if (owner === athleteId) this.#accessTokens.delete(token);
  }

  /** No access token of an athlete works, old or new, until they consent again. @param {string} athleteId */
  refuseAccess(athleteId) {
    this.#refused.add(athleteId);
  }

  /** The next reads go wrong like this. @param {Fault} fault @param {number} [times] */
  fail(fault, times = 1) {
    for (let time = 0; time < times; time++) this.#faults.push(fault);
  }

  /** What the athlete's consent gives the browser to carry back. @param {string} athleteId @param {string} [scope] */
  consent(athleteId, scope = "read,activity:read_all") {
    const code = `code-${++this.#issued}`;
    this.#codes.set(code, { athleteId, scope });
    return { code, scope };
  }

  get subscription() {
    return this.#subscription;
  }

  /**
   * What the webhook would deliver. @param {string} athleteId @param {string} objectId
   * @param {"create" | "update" | "delete"} aspect @param {Record<string, string>} [updates]
   */
  event(athleteId, objectId, aspect, updates = {}) {
    return {
      aspect_type: aspect,
      event_time: Math.floor(this.options.now() / 1000),
      object_id: Number(objectId),
      object_type: objectId === athleteId ? "athlete" : "activity",
      owner_id: Number(athleteId),
      subscription_id: this.#subscription?.id ?? 0,
      updates,
    };
  }

  /**
   * Answers one request. @param {FakeRequest} request @returns {Promise<FakeAnswer>}
   */
  async handle(request) {
    const url = new URL(request.url, "http://fake");
    const { pathname } = url;
    if (pathname === "/oauth/authorize") return this.#authorize(url);
    if (pathname === "/oauth/token") return this.#token(new URLSearchParams(request.body));
    if (pathname === "/oauth/deauthorize") return this.#deauthorize(request);
    if (pathname.startsWith("/api/v3/push_subscriptions")) return await this.#push(request, url);
    if (pathname.startsWith("/api/v3/")) return this.#read(request, url);
    return answer(404);
  }

  /** @param {URL} url the athlete is `athlete_id`, or the first one */
  #authorize({ searchParams }) {
    const athleteId = searchParams.get("athlete_id") ?? [...this.#athletes.keys()][0] ?? "1";
    const back = new URL(searchParams.get("redirect_uri") ?? "http://fake");
    const { code, scope } = this.consent(athleteId);
    back.searchParams.set("state", searchParams.get("state") ?? "");
    back.searchParams.set("code", code);
    back.searchParams.set("scope", scope);
    return answer(302, undefined, { Location: back.toString() });
  }

  /** @param {URLSearchParams} form */
  #token(form) {
    const { clientId, clientSecret } = this.options;
    if (form.get("client_id") !== clientId || form.get("client_secret") !== clientSecret)
      return answer(400, problem("Application", "client_id"));
    if (form.get("grant_type") === "authorization_code") {
      const code = form.get("code") ?? "";
      const granted = this.#codes.get(code);
      this.#codes.delete(code);
      if (granted === undefined) return answer(400, problem("RequestToken", "code"));
      this.#refused.delete(granted.athleteId);
      return answer(200, {
        ...this.#grant(granted.athleteId),
        athlete: { id: Number(granted.athleteId) },
      });
    }
    const token = form.get("refresh_token") ?? "";
    const athleteId = this.#refreshTokens.get(token);
    if (athleteId === undefined) return answer(400, problem("RefreshToken", "refresh_token"));
    this.counts.refreshes += 1;
    return answer(200, this.#grant(athleteId));
  }

  /** New tokens; the refresh token before them is void. @param {string} athleteId */
  #grant(athleteId) {
    for (const [token, owner] of this.#refreshTokens)
      if (owner === athleteId) this.#refreshTokens.delete(token);
    const number = ++this.#issued;
    const expiresAt = this.options.now() + ACCESS_LIFETIME_MS;
    this.#refreshTokens.set(`refresh-${number}`, athleteId);
    this.#accessTokens.set(`access-${number}`, { athleteId, expiresAt });
    return {
      token_type: "Bearer",
      access_token: `access-${number}`,
      refresh_token: `refresh-${number}`,
      expires_at: Math.floor(expiresAt / 1000),
      expires_in: ACCESS_LIFETIME_MS / 1000,
    };
  }

  /** @param {FakeRequest} request */
  #athleteOf({ authorization }) {
    const token = this.#accessTokens.get((authorization ?? "").replace("Bearer ", ""));
    if (token === undefined || token.expiresAt <= this.options.now()) return null;
    return this.#refused.has(token.athleteId) ? null : token.athleteId;
  }

  /** @param {FakeRequest} request */
  #deauthorize(request) {
    const athleteId = this.#athleteOf(request);
    if (athleteId === null) return answer(401, problem("Athlete", "access_token"));
    this.revoke(athleteId);
    return answer(200, { access_token: "gone" });
  }

  /** @param {FakeRequest} request @param {URL} url */
  async #push({ method, body }, url) {
    const form = method === "POST" ? new URLSearchParams(body) : url.searchParams;
    if (form.get("client_secret") !== this.options.clientSecret)
      return answer(401, problem("Application", "client_id"));
    if (method === "GET")
      return answer(200, this.#subscription ? [{ id: this.#subscription.id }] : []);
    if (method === "DELETE") {
      this.#subscription = null;
      return answer(204);
    }
    if (this.#subscription !== null)
      return answer(400, problem("PushSubscription", "already exists"));
    const callbackUrl = form.get("callback_url") ?? "";
    const ask = new URL(callbackUrl);
    ask.searchParams.set("hub.mode", "subscribe");
    ask.searchParams.set("hub.verify_token", form.get("verify_token") ?? "");
    ask.searchParams.set("hub.challenge", "15f7d1a91c1f40f8");
    const echoed = await this.options.call(ask.toString());
    if (!echoed.includes("15f7d1a91c1f40f8"))
      return answer(400, problem("PushSubscription", "callback url"));
    this.#subscription = { id: 131_300 + ++this.#issued, callbackUrl };
    return answer(201, { id: this.#subscription.id });
  }

  /** Counts a read in both windows; answers whether it was one too many, and the headers. */
  #count() {
    const now = this.options.now();
    const quarterStart = now - (now % QUARTER_MS);
    const dayStart = now - (now % DAY_MS);
    if (this.#quarter.start !== quarterStart) this.#quarter = { start: quarterStart, used: 0 };
    if (this.#day.start !== dayStart) this.#day = { start: dayStart, used: 0 };
    this.#quarter.used += 1;
    this.#day.used += 1;
    this.counts.mostInQuarter = Math.max(this.counts.mostInQuarter, this.#quarter.used);
    this.counts.mostInDay = Math.max(this.counts.mostInDay, this.#day.used);
    const { readQuarter, readDay, quarter, day } = this.options;
    const usage = `${this.#quarter.used},${this.#day.used}`;
    const headers = {
      "X-RateLimit-Limit": `${quarter},${day}`,
      "X-RateLimit-Usage": usage,
      "X-ReadRateLimit-Limit": `${readQuarter},${readDay}`,
      // As recorded: a part may be empty.
      "X-ReadRateLimit-Usage": this.#quarter.used === 1 ? "," : usage,
    };
    const isRefused = this.#quarter.used > readQuarter || this.#day.used > readDay;
    return { headers, isRefused };
  }

  /** @param {FakeRequest} request @param {URL} url */
  #read(request, url) {
    const { headers, isRefused } = this.#count();
    const fault = this.#faults.shift();
    if (isRefused || fault === "limit") {
      this.counts.refused += 1;
      return answer(429, { message: "Too Many Requests", errors: "Rate Limit Exceeded" }, headers);
    }
    if (fault === "server") return answer(503, undefined, headers);
    if (fault === "timeout") return { ...answer(200, undefined, headers), isLost: true };
    const athleteId = this.#athleteOf(request);
    if (athleteId === null) return answer(401, problem("Application", ""), headers);
    this.counts.reads += 1;
    const found = this.#resource(athleteId, url);
    if (found === null) return answer(404, undefined, headers);
    const whole = answer(200, found, headers);
    return fault === "truncated"
      ? { ...whole, body: whole.body.slice(0, whole.body.length / 2) }
      : whole;
  }

  /** @param {string} athleteId @param {URL} url */
  #resource(athleteId, { pathname, searchParams }) {
    const activities = this.activitiesOf(athleteId);
    if (pathname === "/api/v3/athlete/activities") {
      const after = Number(searchParams.get("after") ?? 0) * 1000;
      const size = Math.min(Number(searchParams.get("per_page") ?? 30), PAGE_SIZE);
      const start = (Number(searchParams.get("page") ?? 1) - 1) * size;
      return [...activities.values()]
        .filter(({ start_date }) => Date.parse(start_date) > after)
        .sort((a, b) => (a.start_date < b.start_date ? -1 : 1))
        .slice(start, start + size);
    }
    return activities.get(/^\/api\/v3\/activities\/(\d+)$/.exec(pathname)?.[1] ?? "") ?? null;
  }
}
