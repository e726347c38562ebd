import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';

/** Lines wait in so much memory while nobody takes them; it is what a service says in hours that go well. */
const WAITING_AT_MOST = 256 * 1024;
const TRY_AGAIN_MS = 250;
const LAST_TRIES_MS = 20;

export type LinesOutOptions = {
  /** Writes some of the bytes at once, never waiting, and says how many; throws what the system says. */
  readonly write: (bytes: Uint8Array) => number;
  readonly later: (ms: number, run: () => void) => void;
  /** The line that says how many are missing, in the form of those around it. */
  readonly missing: (lines: number, why: string) => string;
  /** Bytes that may wait. */
  readonly atMost?: number;
};

/**
 * A way out for lines that neither stops nor holds up whoever writes them, whatever is at the other end: a full
 * disk, a reader that has gone, one that does not read. Lines wait in bounded memory; what comes beyond it is
 * dropped and counted, and said in its place once lines go out again. No line is ever torn by another.
 */
export class LinesOut {
  readonly #options: LinesOutOptions;
  readonly #atMost: number;
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  /** Dropped since the last line that was accepted. */
  #missing = 0;
  #dropped = 0;
  #why = '';
  #willTry = false;

  constructor(options: LinesOutOptions) {
    this.#options = options;
    this.#atMost = options.atMost ?? WAITING_AT_MOST;
  }

  /** Lines dropped so far. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param line with its end */
  write(line: string): void {
    if (this.#bytes > 0 || this.#missing > 0) this.#pass();
    const bytes = Buffer.from(line);
    if (this.#missing > 0 || this.#bytes + bytes.length > this.#atMost) {
      this.#missing += 1;
      this.#dropped += 1;
      this.#tryLater();
      return;
    }
    this.#take(bytes);
    this.#pass();
  }

  /** Resolves when everything has gone out, or has been tried for so long. */
  async flushed(withinMs: number): Promise<void> {
    for (let left = withinMs; left > 0 && !this.#pass(); left -= LAST_TRIES_MS) await after(LAST_TRIES_MS);
  }

  #take(bytes: Uint8Array): void {
    this.#waiting.push(bytes);
    this.#bytes += bytes.length;
  }

  /** @returns whether nothing waits any more */
  #pass(): boolean {
    while (this.#send()) {
      if (this.#missing === 0) return true;
      const said = Buffer.from(this.#options.missing(this.#missing, this.#why));
      this.#missing = 0;
      this.#take(said);
    }
    this.#tryLater();
    return false;
  }

  #send(): boolean {
    try {
      for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
        const n = this.#options.write(first);
        if (n === 0) return false;
        this.#bytes -= n;
        if (n === first.length) this.#waiting.shift();
        else this.#waiting[0] = first.subarray(n);
      }
      return true;
    } catch (cause) {
      this.#why = (cause as NodeJS.ErrnoException).code ?? String(cause);
      return false;
    }
  }

  #tryLater(): void {
    if (this.#willTry) return;
    this.#willTry = true;
    this.#options.later(TRY_AGAIN_MS, () => {
      this.#willTry = false;
      if (this.#bytes > 0 || this.#missing > 0) this.#pass();
    });
  }
}

/**
 * Writes to standard output (1) or standard error (2) without ever waiting for who reads it: a terminal that was
 * stopped (Ctrl-S) or a pipe that is full says `EAGAIN`.
 */
export function writerOf(fd: 1 | 2): (bytes: Uint8Array) => number {
  // Node's own stream, which its warnings and those of threads go through: what it cannot write ends no watch.
  (fd === 1 ? process.stdout : process.stderr).on('error', () => undefined);
  const to = withoutWaiting(fd);
  return (bytes) => writeSync(to, bytes);
}

/**
 * Opened anew, so that a pipe whose reader has come back goes on, and so that `O_NONBLOCK` is of this opening alone and
 * not of the terminal's for every program. Where that cannot be (a socket, a pipe of another user) Node's stream
 * has set what was inherited so already. A write to a file waits for no reader.
 */
function withoutWaiting(fd: 1 | 2): number {
  if (fstatSync(fd).isFile()) return fd;
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return fd;
  }
}
