import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Reading } from '../../domain/reading.ts';
import type { HistoryItem } from '../../flow/ports/history.ts';
import type { Stock } from '../../flow/ports/stock.ts';
import { encodeSpool } from '../../wire/files/spool.ts';
import type { StockAsk, StockTold } from './protocol.ts';

type Waiting = { resolve(value: unknown): void; reject(why: Error): void };

/** The door for stock data of a service that is serving, seen from another process. */
export class StockClient implements Stock {
  readonly #socket: Socket;
  readonly #waiting: Waiting[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    const lines = createInterface({ input: socket, crlfDelay: Infinity });
    // Told by `close`, to everyone who waits; an error of `lines` that nobody hears would end the process.
    lines.on('error', () => undefined);
    lines.on('line', (line) => {
      const told = JSON.parse(line) as StockTold;
      const asker = this.#waiting.shift();
      if (told.ok) asker?.resolve(told.value);
      else asker?.reject(new Error(told.why));
    });
    socket.once('close', () => {
      for (const { reject } of this.#waiting.splice(0)) reject(gone());
    });
  }

  about = () => this.#ask({ ask: 'about' }) as ReturnType<Stock['about']>;

  async keep(readings: readonly Reading[]): Promise<void> {
    await this.#ask({ ask: 'keep', readings: encodeSpool(readings, []) });
  }

  async settled(): Promise<void> {
    await this.#ask({ ask: 'settled' });
  }

  raw: Stock['raw'] = async (q) => (await this.#ask({ ask: 'raw', q })) as readonly HistoryItem[];

  close(): void {
    this.#socket.destroy();
  }

  #ask(what: StockAsk): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) {
        reject(gone());
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#socket.write(`${JSON.stringify(what)}\n`);
    });
  }
}

const gone = () => new Error('the service has ended the connection');
