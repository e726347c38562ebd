import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { Meters } from '../ports/meters.ts';
import type { Health } from '../ports/service.ts';

/** Once full, it has room again below this share: not every batch that the drain takes is an end of it. */
const AGAIN_BELOW = 0.95;

/**
 * Watches how full the spool is: 70 % warns, 90 % is grave, at 100 % packets are judged and no longer
 * acknowledged, since nothing that was not stored may be overwritten (promises C13).
 */
export class SpoolWatch {
  readonly #journal: Journal;
  readonly #log: Log;
  readonly #meters: Meters;
  readonly #maxBytes: number;
  #said: 'fine' | 'filling' | 'grave' | 'full' = 'fine';
  state: Health['spool'] = { bytes: 0, turns: 0, oldest: null };
  /** Share of the bound in use; 1 is full. */
  full = 0;
  /** Packets are judged and wait for room; nobody is acknowledged. */
  isHolding = false;

  constructor(given: { journal: Journal; log: Log; meters: Meters; maxBytes: number }) {
    this.#journal = given.journal;
    this.#log = given.log;
    this.#meters = given.meters;
    this.#maxBytes = given.maxBytes;
  }

  /** Bytes that may still come. Asked for every turn. */
  room(): number {
    const bytes = this.#journal.spoolBytes;
    if (this.isHolding && bytes > this.#maxBytes * AGAIN_BELOW) return 0;
    return this.#maxBytes - bytes;
  }

  /** What the turn makes of it: told at once, since at full speed the next look is far. */
  holding(isHolding: boolean): Promise<void> {
    this.isHolding = isHolding;
    return this.look();
  }

  async look(): Promise<void> {
    try {
      this.state = await this.#journal.spoolState();
    } catch {
      return; // the journal says of itself when it has failed
    }
    const share = this.state.bytes / this.#maxBytes;
    // The packet that waits is the one that would not have fitted.
    const full = this.isHolding ? Math.max(1, share) : share;
    this.full = full;
    this.#meters.set('spool_bytes', this.state.bytes);
    this.#meters.set('spool_full_ratio', full);
    const say = full >= 1 ? 'full' : full >= 0.9 ? 'grave' : full >= 0.7 ? 'filling' : 'fine';
    if (say === this.#said) return;
    this.#said = say;
    const fields = { percent: Math.round(full * 100), bytes: this.state.bytes };
    if (say === 'full')
      this.#log.error(
        'the spool is full: packets are judged, but neither kept nor acknowledged until the history store takes readings',
        fields,
      );
    else if (say === 'grave') this.#log.error('the spool is nearly full', fields);
    else if (say === 'filling')
      this.#log.warn('the spool is filling: the history store does not keep up', fields);
    else this.#log.info('the spool has room again', fields);
  }
}
