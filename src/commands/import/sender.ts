import type { Reading } from '../../domain/reading.ts';
import type { Stock } from '../../flow/ports/stock.ts';
import type { CheckpointFile } from './checkpoint.ts';
import type { Row } from './row.ts';

/** Readings that go together: a serving service reads them at a stretch, on the thread that acknowledges packets. */
const PIECE = 1_000;
/** Pieces on their way: some being kept while the next are read. */
const ON_THE_WAY = 8;
/** How often it is noted how far the import has come; what comes after it is read and kept again. */
const NOTE_EVERY = 500;

/** Hands readings to the store piece by piece, and notes how far that has come: behind what is durable, never ahead. */
export class Sender {
  readonly #stock: Stock;
  readonly #checkpoints: CheckpointFile;
  readonly #file: string;
  readonly #now: () => number;
  #piece: Reading[] = [];
  readonly #onTheWay: Promise<void>[] = [];
  #failure: unknown = null;
  #notedAt: number;

  constructor(given: { stock: Stock; checkpoints: CheckpointFile; file: string; now: () => number }) {
    this.#stock = given.stock;
    this.#checkpoints = given.checkpoints;
    this.#file = given.file;
    this.#now = given.now;
    this.#notedAt = given.now();
  }

  /** @param errorBytes of the error file, with this row in it */
  async add({ readings, line }: Row, errorBytes: number): Promise<void> {
    for (const reading of readings) this.#piece.push(reading);
    if (this.#piece.length >= PIECE) await this.#send(line.number, errorBytes);
  }

  /** Resolves when everything is in the store, and it is noted that the file is done. */
  async finish(lastLine: number, errorBytes: number): Promise<void> {
    if (this.#piece.length > 0) await this.#send(lastLine, errorBytes);
    while (this.#onTheWay.length > 0) await this.#oldest();
    await this.#stock.settled();
    await this.#note(lastLine, errorBytes, true);
  }

  async #send(line: number, errorBytes: number): Promise<void> {
    const piece = this.#piece;
    this.#piece = [];
    const before = this.#onTheWay.at(-1) ?? Promise.resolve();
    const kept = this.#stock.keep(piece);
    this.#onTheWay.push(
      Promise.all([before, kept])
        .then(async () => {
          if (this.#failure === null && this.#now() - this.#notedAt >= NOTE_EVERY)
            await this.#note(line, errorBytes, false);
        })
        .catch((cause: unknown) => {
          this.#failure ??= cause;
        }),
    );
    if (this.#onTheWay.length >= ON_THE_WAY) await this.#oldest();
  }

  async #oldest(): Promise<void> {
    await this.#onTheWay.shift();
    if (this.#failure !== null) throw this.#failure;
  }

  async #note(line: number, errorBytes: number, done: boolean): Promise<void> {
    this.#notedAt = this.#now();
    await this.#checkpoints.write({
      file: this.#file,
      line,
      errorBytes,
      done,
      at: new Date(this.#now()).toISOString(),
    });
  }
}
