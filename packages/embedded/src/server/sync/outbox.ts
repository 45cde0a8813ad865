/** What goes out to one client: in order, and nothing before the commit it shows is on disk. */

/** The part of a WebSocket that the outbox uses. */
export interface Socket {
  send(text: string, sent: (error?: Error) => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

interface Message {
  text: string;
  durable: Promise<void>;
  /** Called when the operating system has taken it. */
  onTaken: () => void;
}

/**
 * So much is handed to the operating system before it has taken what came before, in UTF-16 units. It tells of what
 * it was handed together only when it has taken all: in one piece, much on a slow line would look like a dead client.
 */
const WINDOW = 1024 * 1024;

export class Outbox {
  readonly #socket: Socket;
  readonly #maxBacklog: number;
  readonly #onTransitionSent: () => void;
  readonly #waiting: Message[] = [];
  #pumping = false;
  #ended = false;
  #closing: { code: number; reason: string } | null = null;
  /** Messages handed in and not yet taken by the operating system. */
  #unsent = 0;
  /** UTF-16 units of them, without transitions. */
  #backlog = 0;
  #transitions = 0;
  /** UTF-16 units the operating system was handed and has not taken. */
  #handed = 0;
  #onTaken: () => void = () => undefined;
  /** When the socket last took something, milliseconds since 1970. */
  #progressAtMs = Date.now();

  /**
   * @param maxBacklog a client that lets more than this pile up is cut off (UTF-16 units, without transitions)
   * @param onTransitionSent called whenever a transition is on its way
   */
  constructor(socket: Socket, maxBacklog: number, onTransitionSent: () => void) {
    this.#socket = socket;
    this.#maxBacklog = maxBacklog;
    this.#onTransitionSent = onTransitionSent;
  }

  /** How many transitions wait to be sent. */
  get transitions(): number {
    return this.#transitions;
  }

  /** How long the client has taken nothing of what waits for it, in milliseconds; null when nothing waits. */
  stalledMs(nowMs: number): number | null {
    return this.#unsent === 0 ? null : nowMs - this.#progressAtMs;
  }

  /** Sends `text` after everything before it and after `durable`; cuts off a client that does not read. */
  push(text: string, durable: Promise<void> = Promise.resolve()): void {
    this.#backlog += text.length;
    if (this.#backlog > this.#maxBacklog) this.cutOff();
    else this.#add({ text, durable, onTaken: () => (this.#backlog -= text.length) });
  }

  /** Sends the parts of one transition likewise. However large it is, it is the caller who lets few of them wait. */
  pushTransition(parts: string[], durable: Promise<void>): void {
    this.#transitions++;
    for (const [i, text] of parts.entries()) {
      const onTaken = i < parts.length - 1 ? () => undefined : () => this.#transitionSent();
      this.#add({ text, durable, onTaken });
    }
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

  #add(message: Message): void {
    if (this.#ended || this.#closing !== null) return;
    if (this.#unsent === 0) this.#progressAtMs = Date.now();
    this.#unsent++;
    this.#waiting.push(message);
    void this.#pump();
  }

  #transitionSent(): void {
    this.#transitions--;
    this.#onTransitionSent();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
        await next.durable;
        while (this.#handed >= WINDOW) await new Promise<void>((taken) => (this.#onTaken = taken));
        if (this.#ended) return;
        this.#waiting.shift();
        this.#send(next);
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

  #send({ text, onTaken }: Message): void {
    this.#handed += text.length;
    this.#socket.send(text, (error) => {
      if (error !== undefined && error !== null) return;
      this.#unsent--;
      this.#handed -= text.length;
      this.#progressAtMs = Date.now();
      onTaken();
      this.#onTaken();
    });
  }
}
