/** Idle realms of one component, so that a call does not pay for a new context and its imports. */
import { Realm, type RealmKind, type RealmOptions } from "./realm.ts";

/** Idle realms kept per kind; a burst of nested calls may use more for a moment. */
const MAX_IDLE = 8;

export class RealmPool {
  readonly #options: Omit<RealmOptions, "kind">;
  readonly #idle: Record<RealmKind, Realm[]> = { transaction: [], action: [] };

  constructor(options: Omit<RealmOptions, "kind">) {
    this.#options = options;
  }

  /** A realm in which nothing is running. */
  acquire(kind: RealmKind): Realm {
    const idle = this.#idle[kind].pop();
    if (idle) return idle;
    const { environment } = this.#options;
    return new Realm({ ...this.#options, kind, environment: { ...environment } });
  }

  /** Takes back a realm whose function has ended and left no operation or timer running. */
  release(realm: Realm): void {
    if (realm.mayBeAnswered) return;
    realm.frame = null;
    const idle = this.#idle[realm.kind];
    if (idle.length < MAX_IDLE) idle.push(realm);
  }
}
