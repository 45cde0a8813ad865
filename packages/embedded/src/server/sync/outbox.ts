/** What goes out to one client: in order, and nothing before the commit it shows is on disk. */

/** The part of a WebSocket that the outbox uses. */
export interface Socket {
  send(text: string, sent: (error?: Error) => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

interface Waiting {
  text: string;
  durable: Promise<void>;
}

export class Outbox {
  readonly #socket: Socket;
  readonly #maxBacklog: number;
  readonly #onSent: () => void;
  readonly #waiting: Waiting[] = [];
  #pumping = false;
  #ended = false;
  #closing: { code: number; reason: string } | null = null;
  /** UTF-16 units handed in and not yet taken by the operating system. */
  #backlog = 0;
  /** When the socket last took something, milliseconds since 1970. */
  #progressAtMs = Date.now();

  /**
   * @param maxBacklog a client that lets more than this pile up is cut off (UTF-16 units)
   * @param onSent called whenever the backlog has shrunk
   */
  constructor(socket: Socket, maxBacklog: number, onSent: () => void) {
    this.#socket = socket;
    this.#maxBacklog = maxBacklog;
    this.#onSent = onSent;
  }

  get backlog(): number {
    return this.#backlog;
  }

  /** How long the client has taken nothing of what waits for it, in milliseconds; 0 when nothing waits. */
  stalledMs(nowMs: number): number {
    return this.#backlog === 0 ? 0 : nowMs - this.#progressAtMs;
  }

  /** Sends `text` after everything before it and after `durable`; cuts off a client that does not read. */
  push(text: string, durable: Promise<void> = Promise.resolve()): void {
    if (this.#ended || this.#closing !== null) return;
    if (this.#backlog === 0) this.#progressAtMs = Date.now();
    this.#backlog += text.length;
    if (this.#backlog > this.#maxBacklog) return this.cutOff();
    this.#waiting.push({ text, durable });
    void this.#pump();
  }

  /** Closes the connection once everything handed in has been sent; takes nothing more. */
  end(code: number, reason: string): void {
    this.#closing ??= { code, reason };
    void this.#pump();
  }

  /** Drops the connection at once. */
  cutOff(): void {
    this.#ended = true;
    this.#waiting.length = 0;
    this.#socket.terminate();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        await next.durable;
        if (this.#ended) return;
        this.#waiting.shift();
        this.#send(next.text);
      }
      if (this.#closing !== null) {
        this.#ended = true;
        this.#socket.close(this.#closing.code, this.#closing.reason);
      }
    } catch {
      // The commit did not reach the disk: the client must not see it.
      this.cutOff();
    } finally {
      this.#pumping = false;
    }
  }

  #send(text: string): void {
    this.#socket.send(text, (error) => {
      if (error !== undefined && error !== null) return;
      this.#backlog -= text.length;
      this.#progressAtMs = Date.now();
      this.#onSent();
    });
  }
}
