/** For a log that shall say each thing once; beyond so many, somebody makes them up, and nothing more is said. */
export class ToldOnce {
  readonly #atMost: number;
  readonly #told = new Set<string>();

  constructor(atMost: number) {
    this.#atMost = atMost;
  }

  isNew(what: string): boolean {
    if (this.#told.has(what) || this.#told.size >= this.#atMost) return false;
    this.#told.add(what);
    return true;
  }
}
