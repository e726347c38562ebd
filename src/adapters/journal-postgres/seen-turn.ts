import { readFileSync, renameSync, writeFileSync } from 'node:fs';

/** Of which journal, and the last turn of it that was acknowledged here. */
export type Acknowledged = { readonly epoch: string; readonly turn: number };

/** Between two writes while turns go on, ms: after a kill that takes the server along, so much may not be noticed. */
const EVERY = 1_000;

/**
 * What this machine has acknowledged, in a file of its own and not in the database: where a standby of PostgreSQL is promoted that had
 * not received the last turns, the database knows nothing of them, and this file does.
 */
export class SeenTurn {
  readonly #file: string | null;
  readonly #now: () => number;
  #written: Acknowledged | null;
  #last: Acknowledged | null = null;
  #at = Number.NEGATIVE_INFINITY;

  /** @param file null: nothing is kept */
  constructor(file: string | null, now: () => number = () => performance.now()) {
    this.#file = file;
    this.#now = now;
    this.#written = file === null ? null : read(file);
  }

  /** As of the last run, or of the last life of this one. */
  get before(): Acknowledged | null {
    return this.#written;
  }

  acknowledged(epoch: string, turn: number): void {
    this.#last = { epoch, turn };
    if (this.#now() - this.#at >= EVERY) this.write();
  }

  /** Now, because nothing may come any more. */
  write(): void {
    if (this.#file === null || this.#last === null || this.#last === this.#written) return;
    this.#at = this.#now();
    try {
      writeFileSync(`${this.#file}.new`, `${this.#last.turn} ${this.#last.epoch}\n`, { mode: 0o600 });
      renameSync(`${this.#file}.new`, this.#file);
      this.#written = this.#last;
    } catch {
      // A disk of this machine that is full must not stop a journal that lies elsewhere: the next one tries again.
    }
  }
}

function read(file: string): Acknowledged | null {
  try {
    const [turn = '', epoch = ''] = readFileSync(file, 'utf8').trim().split(' ');
    return epoch !== '' && /^\d{1,15}$/.test(turn) ? { epoch, turn: Number(turn) } : null;
  } catch {
    return null;
  }
}
