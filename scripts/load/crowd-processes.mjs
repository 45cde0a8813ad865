import { fork } from "node:child_process";
import { ended, terminate } from "../lib/processes.mjs";
import { inRoot } from "../lib/paths.mjs";
import { callsOf } from "./calls.mjs";

/** People come in groups, so many a second: each of them asks for their place every 20 s from then on. */
const [PEOPLE_AT_ONCE, GROUP_MS] = [25, 500];

/** @typedef {import("./people.mjs").Handlers} Handlers */
/** @typedef {import("./people.mjs").Member} Member */
/** @typedef {Omit<Parameters<Handlers["enter"]>[0], "members">} Scene */

/** The people of a load, spread over processes of their own. */
export class CrowdProcesses {
  #children;
  #calls;

  /** @param {number} count of processes */
  constructor(count) {
    this.#children = Array.from({ length: count }, () =>
      fork(inRoot("scripts", "load", "people.mjs"), {
        stdio: ["ignore", "inherit", "inherit", "ipc"],
      }),
    );
    this.#calls = this.#children.map((child) => {
      ended(child).catch(() => undefined);
      return /** @type {ReturnType<typeof callsOf<Handlers>>} */ (callsOf(child));
    });
  }

  /** The process of a person. @param {number} number */
  #indexOf(number) {
    return number % this.#calls.length;
  }

  /**
   * Everybody opens the board, some at a time. @param {Scene} scene @param {Member[]} members
   * @param {(entered: number) => void} progress
   */
  async enter(scene, members, progress) {
    for (let start = 0; start < members.length; start += PEOPLE_AT_ONCE) {
      const group = members.slice(start, start + PEOPLE_AT_ONCE);
      const next = new Promise((resolve) => setTimeout(resolve, GROUP_MS));
      await Promise.all(
        this.#calls.map((call, index) => {
          const own = group.filter(({ number }) => this.#indexOf(number) === index);
          return call("enter", { ...scene, members: own });
        }),
      );
      await next;
      progress(start + group.length);
    }
  }

  /** @param {Array<import("./plan.mjs").Deed>} deeds @param {number} seconds */
  async play(deeds, seconds) {
    // Time for the plan to reach everybody.
    const startAtMs = Date.now() + 300;
    return await Promise.all(
      this.#calls.map((call, index) => {
        const own = deeds.filter(({ person }) => this.#indexOf(person) === index);
        return call("play", { deeds: own, startAtMs, seconds });
      }),
    );
  }

  /**
   * Calls a handler in every process. @template {"findStale" | "delaysOf" | "sums"} N
   * @param {N} name @param {Parameters<Handlers[N]>[0]} args
   */
  async all(name, args) {
    return await Promise.all(this.#calls.map((call) => call(name, args)));
  }

  async stop() {
    await Promise.all(this.#children.map((child) => terminate(child)));
  }
}
