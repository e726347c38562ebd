const TERMINAL_EVERY = 200;
const LINES_EVERY = 2_000;

/** Tells how far an import is: one line that is written over at a terminal, a line now and then elsewhere. */
export class RowProgress {
  readonly #totalBytes: number;
  readonly #terminal: boolean;
  readonly #write: (text: string) => void;
  readonly #now: () => number;
  readonly #began: number;
  #toldAt: number;
  /** Where this run began to store: what was skipped says nothing of the rate. */
  #from: { readonly at: number; readonly rows: number; readonly bytes: number } | null = null;

  constructor(given: {
    totalBytes: number;
    terminal: boolean;
    write: (text: string) => void;
    now: () => number;
  }) {
    this.#totalBytes = given.totalBytes;
    this.#terminal = given.terminal;
    this.#write = given.write;
    this.#now = given.now;
    this.#began = given.now();
    this.#toldAt = this.#began;
  }

  get seconds(): number {
    return (this.#now() - this.#began) / 1_000;
  }

  /** From here on rows are stored; so many were skipped, as a former run has stored them. Safe to repeat. */
  storing(skipped: number, bytes: number): void {
    this.#from ??= { at: this.#now(), rows: skipped, bytes };
  }

  /** Time in all, and the rate of what this run stored. */
  summary(rows: number): string {
    const { at, rows: skipped } = this.#from ?? { at: this.#now(), rows };
    const rate = (rows - skipped) / Math.max((this.#now() - at) / 1_000, 0.001);
    const before =
      skipped === 0 ? '' : `, 其中 ${skipped.toLocaleString('en')} 行先前已导入 rows were stored before`;
    return `用时 took ${this.seconds.toFixed(1)} s, ${Math.round(rate).toLocaleString('en')} 行/s rows/s${before}`;
  }

  tell(rows: number, bytes: number): void {
    if (this.#now() - this.#toldAt < (this.#terminal ? TERMINAL_EVERY : LINES_EVERY)) return;
    this.#toldAt = this.#now();
    const share = Math.min(1, bytes / Math.max(this.#totalBytes, 1));
    const text = `${(share * 100).toFixed(0)} %  ${rows.toLocaleString('en')} 行 rows  ${this.#rate(rows, bytes)}`;
    this.#write(this.#terminal ? `\r\u001b[K${text}` : `${text}\n`);
  }

  /** The last line, however short it was. */
  all(rows: number): void {
    this.#toldAt = Number.NEGATIVE_INFINITY;
    this.tell(rows, this.#totalBytes);
  }

  end(): void {
    if (this.#terminal) this.#write('\r\u001b[K');
  }

  #rate(rows: number, bytes: number): string {
    if (this.#from === null) return '跳过已导入的行 skipping what is stored already';
    const { at, rows: rows0, bytes: bytes0 } = this.#from;
    const seconds = Math.max((this.#now() - at) / 1_000, 0.001);
    const left = bytes > bytes0 ? ((this.#totalBytes - bytes) * seconds) / (bytes - bytes0) : 0;
    return `${Math.round((rows - rows0) / seconds).toLocaleString('en')} 行/s rows/s  剩余 left ${left.toFixed(0)} s`;
  }
}
