/** A promise that was not kept, in a sentence. */
export class Broken extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'Broken';
  }
}

export function must(holds: boolean, what: () => string): void {
  if (!holds) throw new Broken(what());
}
