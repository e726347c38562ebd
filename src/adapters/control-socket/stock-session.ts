import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Log } from '../../flow/ports/log.ts';
import type { Stock } from '../../flow/ports/stock.ts';
import { decodeSpool } from '../../wire/files/spool.ts';
import { SerialQueue } from '../shared/serial-queue.ts';
import type { StockAsk, StockTold } from './protocol.ts';

/** Lines answered ahead of the one in hand: the client waits for its answers, so that more are nobody's we know. */
const WAITING_AT_MOST = 16;

/** Answers one client's questions about stock data, one after the other, until it goes. */
export function serveStock(socket: Socket, stock: Stock, log: Log): void {
  const answering = new SerialQueue();
  let waiting = 0;
  log.info('a program has come for stock data');
  const lines = createInterface({ input: socket, crlfDelay: Infinity });
  // It passes the socket's errors on, and one that nobody hears ends the process: a client that is killed resets its end.
  lines.on('error', () => undefined);
  lines.on('line', (line) => {
    if (++waiting > WAITING_AT_MOST) {
      socket.destroy();
      return;
    }
    void answering.run(async () => {
      const told = await answer(stock, line);
      waiting--;
      if (!socket.destroyed) socket.write(`${JSON.stringify(told)}\n`);
    });
  });
}

async function answer(stock: Stock, line: string): Promise<StockTold> {
  try {
    const asked = JSON.parse(line) as StockAsk;
    switch (asked.ask) {
      case 'about':
        return { ok: true, value: await stock.about() };
      case 'keep':
        await stock.keep(decodeSpool(asked.readings).readings);
        return { ok: true, value: null };
      case 'settled':
        await stock.settled();
        return { ok: true, value: null };
      case 'raw':
        return { ok: true, value: await stock.raw(asked.q) };
      default:
        return { ok: false, why: 'the service does not know this question' };
    }
  } catch (cause) {
    return { ok: false, why: cause instanceof Error ? cause.message : String(cause) };
  }
}
