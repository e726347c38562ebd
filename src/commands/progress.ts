const TERMINAL_EVERY = 200;
const LINES_EVERY = 5_000;

export type ProgressOptions = {
  /** Bytes in all, as far as they can be known beforehand. */
  readonly total: number;
  readonly write: (text: string) => void;
  readonly terminal: boolean;
  readonly now: () => number;
};

/** Tells how far a copy is: one line that is written over at a terminal, a line now and then elsewhere. */
export class Progress {
  readonly #options: ProgressOptions;
  readonly #began: number;
  #done = 0;
  #toldAt: number;
  #doing = '';

  constructor(options: ProgressOptions) {
    this.#options = options;
    this.#began = options.now();
    this.#toldAt = this.#began;
  }

  get done(): number {
    return this.#done;
  }

  get ms(): number {
    return this.#options.now() - this.#began;
  }

  /** What is being copied from now on. */
  doing(what: string): void {
    this.#doing = what;
  }

  add(bytes: number): void {
    this.#done += bytes;
    const { now, terminal } = this.#options;
    if (now() - this.#toldAt < (terminal ? TERMINAL_EVERY : LINES_EVERY)) return;
    this.#toldAt = now();
    this.#tell();
  }

  /** Clears the line at a terminal, so that what follows stands alone. */
  end(): void {
    if (this.#options.terminal) this.#options.write('\r\u001b[K');
  }

  #tell(): void {
    const { total, terminal, write } = this.#options;
    const share = Math.min(1, this.#done / Math.max(total, 1));
    const left = share > 0 ? (this.ms * (1 - share)) / share / 1_000 : 0;
    const text = `${(share * 100).toFixed(0)} %  ${megabytes(this.#done)} of about ${megabytes(total)}  ${megabytes((this.#done / Math.max(this.ms, 1)) * 1_000)}/s  ${left.toFixed(0)} s left  ${this.#doing}`;
    write(terminal ? `\r\u001b[K${text}` : `${text}\n`);
  }
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
