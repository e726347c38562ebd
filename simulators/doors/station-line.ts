import { connect, type Socket } from 'node:net';

/** A frame that is repeated until it is answered. */
export type Pending<T> = { readonly bytes: Uint8Array; readonly key: string; readonly about: T };

const BACK_MS = 100;

type LineOptions = {
  readonly port: () => number;
  readonly host?: string;
  /** Reads the answers of one connection. */
  readonly listener: () => (chunk: Uint8Array) => readonly string[];
  /** Frames ahead of their answers at most. */
  readonly window?: number;
  readonly onAnswer?: () => void;
};

/**
 * One station's line: sends its frames, a few ahead of their answers, and after a broken line all those that were not
 * answered once more, in order.
 */
export class StationLine<T> {
  readonly answered: T[] = [];
  /** Answers that were not the next one due. */
  outOfOrder = 0;
  readonly #o: LineOptions;
  #queue: Pending<T>[] = [];
  #sent = 0;
  #socket: Socket | null = null;
  #isClosed = false;
  #again: NodeJS.Timeout | null = null;

  constructor(o: LineOptions) {
    this.#o = o;
    this.#dial();
  }

  /** Not answered yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  send(frame: Pending<T>): void {
    this.#queue.push(frame);
    this.#pump();
  }

  /** No new line until `resume`; what waits stays. */
  pause(): void {
    this.#isClosed = true;
    if (this.#again !== null) clearTimeout(this.#again);
    this.#socket?.destroy();
  }

  resume(): void {
    this.#isClosed = false;
    this.#dial();
  }

  close(): void {
    this.pause();
    this.#queue = [];
  }

  #dial(): void {
    if (this.#isClosed) return;
    const socket = connect(this.#o.port(), this.#o.host ?? '127.0.0.1');
    const hear = this.#o.listener();
    this.#socket = socket;
    this.#sent = 0;
    socket.on('connect', () => this.#pump());
    socket.on('data', (chunk) => {
      if (this.#socket === socket) for (const key of hear(chunk)) this.#answer(key);
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = null;
      this.#sent = 0;
      if (!this.#isClosed) this.#again = setTimeout(() => this.#dial(), BACK_MS);
    });
  }

  #answer(key: string): void {
    const [head] = this.#queue;
    if (head === undefined || head.key !== key || this.#sent === 0) {
      this.outOfOrder++;
      return;
    }
    this.#queue.shift();
    this.#sent--;
    this.answered.push(head.about);
    this.#o.onAnswer?.();
    this.#pump();
  }

  #pump(): void {
    const socket = this.#socket;
    if (socket === null || socket.connecting) return;
    for (; this.#sent < Math.min(this.#queue.length, this.#o.window ?? 4); this.#sent++)
      socket.write((this.#queue[this.#sent] as Pending<T>).bytes);
  }
}
