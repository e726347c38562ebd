import { createHash } from 'node:crypto';
import type { Millis } from '../../src/domain/time.ts';

const TOLD_LAST = 50;
/** Characters that are hashed at once. */
const PIECE = 65_536;

type Told = { readonly when: Millis; readonly what: string };

/** What happened, in words, one line each. The same lines have the same hash. */
export class Story {
  readonly #hash = createHash('sha256');
  #piece = '';
  /** In a ring: of line `n` at `n % TOLD_LAST`. */
  readonly #last: Told[] = [];
  readonly #say: ((line: string) => void) | null;
  lines = 0;

  constructor(say: ((line: string) => void) | null = null) {
    this.#say = say;
  }

  tell(when: Millis, what: string): void {
    this.#piece += `${when} ${what}\n`;
    if (this.#piece.length > PIECE) this.#hashes();
    this.#last[this.lines++ % TOLD_LAST] = { when, what };
    this.#say?.(inWords({ when, what }));
  }

  get last(): readonly string[] {
    const first = this.lines % TOLD_LAST;
    const inOrder =
      this.lines < TOLD_LAST ? this.#last : [...this.#last.slice(first), ...this.#last.slice(0, first)];
    return inOrder.map(inWords);
  }

  hash(): string {
    this.#hashes();
    return this.#hash.copy().digest('hex').slice(0, 16);
  }

  #hashes(): void {
    this.#hash.update(this.#piece);
    this.#piece = '';
  }
}

const inWords = ({ when, what }: Told): string =>
  `${new Date(when).toISOString().slice(5, 23).replace('T', ' ')}  ${what}`;
