import { createHash } from 'node:crypto';
import type { Millis } from '../../src/domain/time.ts';

const TOLD_LAST = 50;

/** What happened, in words, one line each. The same lines have the same hash. */
export class Story {
  readonly #hash = createHash('sha256');
  readonly #last: string[] = [];
  readonly #say: ((line: string) => void) | null;
  lines = 0;

  constructor(say: ((line: string) => void) | null = null) {
    this.#say = say;
  }

  tell(when: Millis, what: string): void {
    const line = `${new Date(when).toISOString().slice(5, 23).replace('T', ' ')}  ${what}`;
    this.lines++;
    this.#hash.update(`${line}\n`);
    this.#last.push(line);
    if (this.#last.length > TOLD_LAST) this.#last.shift();
    this.#say?.(line);
  }

  get last(): readonly string[] {
    return this.#last;
  }

  hash(): string {
    return this.#hash.copy().digest('hex').slice(0, 16);
  }
}
