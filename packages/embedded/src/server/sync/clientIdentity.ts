/** Who one client is, and until when. */
import { ANONYMOUS, type Caller, type Gate } from "../auth/caller.ts";
import type { TokenVerifier } from "../auth/verifier.ts";
import type { Authenticate } from "./messages.ts";

export class ClientIdentity {
  readonly #gate: Gate;
  readonly #verifier: TokenVerifier;
  /** False when the client came under a foreign host name. */
  readonly #adminAllowed: boolean;
  #caller: Caller = ANONYMOUS;
  /** End of the proof, milliseconds since 1970; null for none. */
  #expiresAtMs: number | null = null;

  constructor(gate: Gate, verifier: TokenVerifier, adminAllowed: boolean) {
    this.#gate = gate;
    this.#verifier = verifier;
    this.#adminAllowed = adminAllowed;
  }

  get caller(): Caller {
    return this.#caller;
  }

  /** True when nothing may run for the client before it has a new token. */
  get expired(): boolean {
    return this.#expiresAtMs !== null && Date.now() >= this.#expiresAtMs;
  }

  /** Becomes whoever the message proves. Refuses with `TokenError` or `ApiError`, and nothing has changed. */
  async become(message: Authenticate): Promise<void> {
    switch (message.tokenType) {
      case "None":
        return this.#set(ANONYMOUS, null);
      case "Admin":
        this.#gate.requireAdminKey(message.value, this.#adminAllowed);
        return this.#set({ identity: message.impersonating ?? null, isAdmin: true }, null);
      case "User": {
        const { identity, expiresAtMs } = await this.#verifier.verify(message.value);
        return this.#set({ identity, isAdmin: false }, expiresAtMs);
      }
    }
  }

  #set(caller: Caller, expiresAtMs: number | null): void {
    this.#caller = caller;
    this.#expiresAtMs = expiresAtMs;
  }
}
