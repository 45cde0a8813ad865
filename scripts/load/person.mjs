import { api } from "@milepost/backend/api";
import { dayFromToday, logCall } from "../lib/crowd.mjs";
import { openClient } from "../lib/client.mjs";
import { RankRefresh } from "./rank-refresh.mjs";

/** Rows of a live page, as in packages/web. */
export const PAGE_SIZE = 25;
/** A crowd's challenge began 28 days ago. */
export const THIS_WEEK = { board: /** @type {const} */ ("week"), key: "5" };
/** What is watched of a board before its second page. */
const OWN_AND_FIRST = 2;
/** Rows of an imported chunk. */
const CHUNK = 20;

/** @typedef {import("convex/server").FunctionReturnType<typeof api.queries.leaderboards.page>} BoardPage */
/** @typedef {BoardPage["page"][number]} BoardRow */
/** @typedef {NonNullable<import("convex/server").FunctionReturnType<typeof api.queries.leaderboards.ownRow>>} OwnRow */
/** @typedef {import("convex/values").GenericId<"users">} UserId */
/** @typedef {Pick<import("../lib/crowd.mjs").Crowd, "challengeId" | "activityTypeId" | "today">} Place where a crowd is */
/** @typedef {"total" | "twoPages" | "week"} View what of the boards somebody looks at */

/** A participant with a WebSocket of their own, who watches everything the web app watches on the page of a board. */
export class Person {
  #place;
  #client;
  #onFirstPage;
  #ranks = new RankRefresh(() => this.askRank());
  /** @type {View} */
  view = "total";
  /** Live pages of the board from the top. @type {BoardPage[]} */
  pages = [];
  /** @type {OwnRow | null} */
  own = null;
  /** The rank that was asked for the last time. @type {number | null} */
  askedRank = null;
  rankAsks = 0;
  /** Errors of what is watched. @type {string[]} */
  problems = [];
  #logs = 0;
  /** @type {Array<() => void>} */
  #boardWatches = [];

  /**
   * @param {Parameters<typeof openClient>[0]} deployment @param {Place} place @param {UserId} userId
   * @param {(rows: BoardRow[]) => void} onFirstPage told every new first page of the total
   */
  constructor(deployment, place, userId, onFirstPage) {
    this.#client = openClient(deployment, userId);
    this.#place = place;
    this.userId = userId;
    this.#onFirstPage = onFirstPage;
  }

  /** Watches what the page of a board watches; resolves when all of it is there. */
  async open() {
    const { challengeId } = this.#place;
    const { viewer, notifications, challenges, leaderboards } = api.queries;
    await Promise.all([
      this.#watch(viewer.get, {}).first,
      this.#watch(notifications.unread, {}).first,
      this.#watch(challenges.get, { challengeId }).first,
      this.#watch(leaderboards.boards, { challengeId }).first,
      this.lookAt("total"),
    ]);
  }

  /** Opens another view of the boards; resolves when it is there. @param {View} view */
  async lookAt(view) {
    for (const stop of this.#boardWatches) stop();
    this.pages = [];
    this.own = null;
    this.askedRank = null;
    this.view = view;
    const { challengeId, today } = this.#place;
    const board = view === "week" ? THIS_WEEK : {};
    const ownArgs = { challengeId, ...board, today };
    const own = this.#watch(api.queries.leaderboards.ownRow, ownArgs, (row) => {
      this.own = row;
      this.#refreshRank();
    });
    this.#boardWatches = [own.stop];
    await Promise.all([own.first, this.#watchPage(board, 0, null)]);
  }

  /**
   * Watches one live page, and the one after it where that is wanted, which begins anew when this one ends elsewhere.
   * @param {Partial<typeof THIS_WEEK>} board @param {number} number from 0 @param {string | null} cursor
   */
  #watchPage(board, number, cursor) {
    const { challengeId, today } = this.#place;
    const args = { challengeId, ...board, today, cursor, limit: PAGE_SIZE };
    /** @type {string | undefined} */
    let end;
    const { stop, first } = this.#watch(api.queries.leaderboards.page, args, (page) => {
      this.pages[number] = page;
      if (number > 0) return;
      if (this.view === "twoPages" && page.continueCursor !== end) {
        end = page.continueCursor;
        for (const stopNext of this.#boardWatches.splice(OWN_AND_FIRST)) stopNext();
        void this.#watchPage(board, 1, end);
      }
      if (this.view !== "week") this.#onFirstPage(page.page);
      this.#refreshRank();
    });
    this.#boardWatches.push(stop);
    return first;
  }

  /**
   * @template {import("convex/server").FunctionReference<"query">} Q
   * @param {Q} query @param {import("convex/server").FunctionArgs<Q>} args
   * @param {(value: import("convex/server").FunctionReturnType<Q>) => void} [show]
   */
  #watch(query, args, show) {
    /** @type {() => void} */
    let arrived = () => {};
    /** @type {Promise<void>} */
    const first = new Promise((resolve) => (arrived = resolve));
    const fail = (/** @type {Error} */ error) => {
      this.problems.push(error.message);
      arrived();
    };
    const stop = this.#client.onUpdate(
      query,
      args,
      (value) => {
        show?.(value);
        arrived();
      },
      fail,
    );
    return { stop, first };
  }

  /** The rank the page shows: the row's where it is on a live page, else the one that was asked for. */
  get rank() {
    return this.#ownPageRow()?.rank ?? this.askedRank;
  }

  #ownPageRow() {
    return this.pages.flatMap(({ page }) => page).find(({ userId }) => userId === this.userId);
  }

  #refreshRank() {
    const isKnown = this.own?.isRanked === true && this.pages[0] !== undefined;
    const isAsked = isKnown && this.#ownPageRow() === undefined;
    this.#ranks.want(isAsked ? `${this.view} ${this.own?.totalPoints}` : undefined);
  }

  /** Asks for the person's place on the board now. */
  async askRank() {
    const { challengeId, today } = this.#place;
    const { view } = this;
    const board = view === "week" ? THIS_WEEK : {};
    this.rankAsks += 1;
    try {
      const args = { challengeId, ...board, userId: this.userId, count: 1, today };
      const { rows } = await this.#client.query(api.queries.leaderboards.around, args);
      if (view !== this.view) return;
      this.askedRank = rows.find(({ userId }) => userId === this.userId)?.rank ?? null;
    } catch (error) {
      this.problems.push(String(error));
    }
  }

  /** Asks for places no more by itself. */
  settle() {
    this.#ranks.want(undefined);
  }

  /** Logs a run of today. */
  async log() {
    const call = logCall(this.#place, this.#logs++, this.#place.today);
    return await this.#client.mutation(api.mutations.activities.log, call);
  }

  /** Imports a chunk of an archive; answers how many rows are new. @param {number} number another chunk each time */
  async importChunk(number) {
    const loggedDate = dayFromToday(-1 - (number % 28));
    const rows = Array.from({ length: CHUNK }, (_, index) => ({
      externalId: `load ${number} ${index}`,
      sport: "Run",
      startedAt: Date.parse(`${loggedDate}T18:00:00Z`) + index * 60_000,
      loggedDate,
      metrics: { distance_m: 1_000 + 10 * index },
    }));
    const { challengeId } = this.#place;
    const chunk = { challengeId, source: /** @type {const} */ ("archive"), rows };
    const { results } = await this.#client.mutation(api.mutations.imports.importActivities, chunk);
    return results.filter(({ status }) => status === "created").length;
  }

  /** How often the connection was made. */
  get connections() {
    return this.#client.client.connectionState().connectionCount;
  }
}
