import type { Duration } from '../../domain/time.ts';
import { believedUntil, LEASE, type WriterRow } from '../../flow/ports/pair/pair.ts';
import type { LeaseBoard } from './board.ts';

export type RenewalTrouble = { readonly leftMs: number; readonly cause: string };

type RenewalOptions = {
  readonly row: Pick<WriterRow, 'renew'>;
  readonly epoch: number;
  /** The lease as it was taken is good until what stands on it. */
  readonly board: LeaseBoard;
  /** Of the board's instants. */
  readonly passed: () => Duration;
  /** It is tried again. */
  readonly trouble: (trouble: RenewalTrouble) => void;
};

/**
 * Renews the lease of one epoch for as long as it is good: what has run out is not taken up again, although the database might
 * still have it. A service whose judging thread has not run for half a minute is no watch, and its lease is left to run out.
 */
export class Renewal {
  readonly #o: RenewalOptions;
  #asking = false;
  #isDeaf = false;

  constructor(options: RenewalOptions) {
    this.#o = options;
  }

  /** Asks once; one question at a time. */
  async renew(): Promise<void> {
    const { board, passed, row, epoch, trouble } = this.#o;
    const askedAt = passed();
    if (this.#asking || !this.#isGood(askedAt) || !this.#isHeard(askedAt)) return;
    this.#asking = true;
    try {
      if (!(await row.renew(epoch))) board.goodUntil = null;
      else if (this.#isGood(passed())) board.goodUntil = believedUntil(askedAt);
    } catch (cause) {
      const left = (board.goodUntil ?? 0) - passed();
      trouble({ leftMs: Math.max(0, Math.round(left)), cause: String(cause) });
    } finally {
      this.#asking = false;
    }
  }

  #isGood(now: Duration): boolean {
    const { goodUntil } = this.#o.board;
    return goodUntil !== null && now < goodUntil;
  }

  #isHeard(now: Duration): boolean {
    const { board, trouble } = this.#o;
    const deaf = now - board.aliveAt > LEASE.deafAtMost;
    if (deaf && !this.#isDeaf) {
      const cause = `the thread that judges has not run for ${Math.round((now - board.aliveAt) / 1_000)} s: it is not renewed`;
      trouble({ leftMs: Math.max(0, Math.round((board.goodUntil ?? 0) - now)), cause });
    }
    this.#isDeaf = deaf;
    return !deaf;
  }
}
