import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Meters } from '../ports/meters.ts';
import type { Health } from '../ports/service.ts';
import type { Turn } from '../turn.ts';

/**
 * Watches how full the spool is: 70 % warns, 90 % is grave, at 100 % packets are no longer acknowledged,
 * since nothing that was not stored may be overwritten (promises C13).
 */
export class SpoolWatch {
  readonly #journal: Journal;
  readonly #turn: Turn;
  readonly #log: Log;
  readonly #meters: Meters;
  readonly #maxBytes: number;
  #said: 'fine' | 'filling' | 'grave' | 'full' = 'fine';
  state: Health['spool'] = { bytes: 0, turns: 0, oldest: null };
  /** Share of the bound in use; 1 is full. */
  full = 0;

  constructor(given: { journal: Journal; turn: Turn; log: Log; meters: Meters; maxBytes: number }) {
    this.#journal = given.journal;
    this.#turn = given.turn;
    this.#log = given.log;
    this.#meters = given.meters;
    this.#maxBytes = given.maxBytes;
  }

  async look(): Promise<void> {
    try {
      this.state = await this.#journal.spoolState();
    } catch {
      return; // the journal says of itself when it has failed
    }
    const full = this.state.bytes / this.#maxBytes;
    this.full = full;
    this.#meters.set('spool_bytes', this.state.bytes);
    this.#meters.set('spool_full_ratio', full);
    this.#turn.hold(full >= 1);
    const say = full >= 1 ? 'full' : full >= 0.9 ? 'grave' : full >= 0.7 ? 'filling' : 'fine';
    if (say === this.#said) return;
    this.#said = say;
    const fields = { percent: Math.round(full * 100), bytes: this.state.bytes };
    if (say === 'full')
      this.#log.error(
        'the spool is full: packets are not acknowledged until the history store takes readings',
        fields,
      );
    else if (say === 'grave') this.#log.error('the spool is nearly full', fields);
    else if (say === 'filling')
      this.#log.warn('the spool is filling: the history store does not keep up', fields);
    else this.#log.info('the spool has room again', fields);
  }
}
