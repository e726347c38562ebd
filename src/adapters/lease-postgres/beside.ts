import type { Duration } from '../../domain/time.ts';
import type { Log } from '../../flow/ports/log.ts';
import type { LeaseRenewal, Renewing } from '../../flow/ports/pair/pair.ts';
import { threadOf } from '../shared/thread-channel.ts';
import { WorkerClient } from '../shared/worker-client.ts';
import { LeaseBoard, sinceStart } from './board.ts';
import type { LeaseThreadOperations } from './lease-thread.ts';
import type { RenewalTrouble } from './renewal.ts';

/**
 * Renews in a thread of its own: a backlog of the thread that judges must not cost the lease. Begun while this machine stands by, so
 * that the thread runs and is connected when the lease comes. Where the thread ends, the lease runs out.
 */
export class LeaseBesideThread implements LeaseRenewal {
  readonly #thread: WorkerClient<LeaseThreadOperations, RenewalTrouble>;
  #over = false;

  /** @param url see `Database.connect` */
  constructor(url: string, log: Log) {
    const name = 'lease';
    this.#thread = new WorkerClient({
      name: 'the thread of the lease',
      open: threadOf(new URL('./lease-thread.ts', import.meta.url), { name }),
      news: (trouble) => {
        if (!this.#over) log.warn('the lease could not be renewed; it is tried again', trouble);
      },
    });
    void this.#thread.ended.then((why) => {
      if (why !== null) log.error('the lease is renewed no more', { cause: why.message });
    });
    // The database may be away while one stands by: the first renewal connects where this could not.
    this.#thread.call('open', { url }).catch(() => undefined);
  }

  passed = sinceStart;

  begin(epoch: number, goodUntil: Duration): Renewing {
    const board = new LeaseBoard();
    board.goodUntil = goodUntil;
    board.aliveAt = sinceStart();
    this.#thread.call('renew', { epoch, memory: board.memory }).catch(() => undefined);
    return {
      goodUntil: () => board.goodUntil,
      alive: () => {
        board.aliveAt = sinceStart();
      },
      end: () => this.end(),
    };
  }

  /** A question that is under way is not waited for: an epoch that was released is not renewed by it. */
  end(): void {
    this.#over = true;
    void this.#thread.terminate();
  }
}
