import { LEASE } from '../../flow/ports/pair/pair.ts';
import { threadEndpoint } from '../shared/thread-channel.ts';
import { serve } from '../shared/worker-server.ts';
import { LeaseBoard, sinceStart } from './board.ts';
import { LeasePostgres } from './index.ts';
import { Renewal, type RenewalTrouble } from './renewal.ts';

/** What the thread is asked. */
export type LeaseThreadOperations = {
  /** Loads the client and connects, so that nothing of it is left to do when it matters. */
  open(of: { readonly url: string }): Promise<void>;
  /** From now on, until the end. */
  renew(of: { readonly epoch: number; readonly memory: SharedArrayBuffer }): void;
  close(of: null): Promise<void>;
};

/** The thread that renews the lease: with a connection of its own, and nothing else to do. */
let row: LeasePostgres | null = null;
let timer: NodeJS.Timeout | undefined;

const tell = serve<LeaseThreadOperations, RenewalTrouble>(threadEndpoint(), {
  async open({ url }) {
    row = new LeasePostgres(url);
    await row.connect();
  },
  renew({ epoch, memory }) {
    if (row === null) throw new Error('the thread of the lease has not been opened');
    const board = new LeaseBoard(memory);
    const renewal = new Renewal({ row, epoch, board, passed: sinceStart, trouble: tell });
    void renewal.renew();
    timer = setInterval(() => void renewal.renew(), LEASE.renewEvery);
  },
  async close() {
    clearInterval(timer);
    await row?.close();
  },
});
