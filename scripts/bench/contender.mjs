/**
 * Something that keeps activities of one challenge and shows a board of them: the product, or what people would use
 * instead. People are numbers from 0, the same for all. Every write is on the disk before it is answered.
 * @typedef {object} Contender
 * @property {string} name
 * @property {() => number} cpuMs processor time of its server so far, milliseconds
 * @property {(person: number, points: number) => Promise<Logged>} log an activity of the measured day
 * @property {(logged: Logged, points: number) => Promise<unknown>} edit
 * @property {(logged: Logged) => Promise<unknown>} remove
 * @property {(nonce: number) => Promise<number[]>} page totals of the best 25; what keeps answers keeps one for each nonce
 * @property {(nonce: number) => Promise<number[]>} week the same of the week of the measured day
 * @property {(person: number) => Promise<number>} total
 * @property {(person: number) => Promise<number>} rank
 * @property {(person: number) => Promise<unknown>} history the newest 20 activities
 * @property {(person: number) => Promise<unknown>} profile
 * @property {(moved: (totals: number[]) => void) => Promise<() => Promise<void>>} watch calls with the page, now and
 *   whenever it changes, from a connection of its own; answers what ends it
 * @property {() => Promise<void>} settled waits for what it does later
 * @property {() => Promise<void>} close
 */

/** A logged activity, as its contender knows it. @typedef {{id: string, person: number, points: number}} Logged */

/** What others are filled with, from the product's own rows. @typedef {{person: number, day: string | null, points: number, isDeleted: boolean}} StoredRow */

/** Rows of a board page and of a page of history. */
export const PAGE = 25;
export const HISTORY = 20;
