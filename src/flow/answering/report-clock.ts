import type { ClockKind } from '../../domain/report/period.ts';
import type { Millis } from '../../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import type { Journal } from '../ports/journal.ts';
import type { Log } from '../ports/log.ts';
import type { ReportOffice } from './report-office.ts';

/** Reports looked through for one that there is already. */
const LOOKED_AT = 200;

/**
 * Makes the reports of periods that are over, each once: whatever was missed while nothing ran is made up for at the next look, as far as
 * the last period of its kind. Of a time before the journal's first event none is made.
 */
export class ReportClock {
  readonly #reports: Pick<ReportOffice, 'makeBy' | 'reports' | 'lastOf'>;
  readonly #journal: Pick<Journal, 'lastBefore'>;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #kinds: readonly ClockKind[];
  readonly #log: Log;
  readonly #doneUpTo = new Map<ClockKind, Millis>();
  #isLooking = false;

  constructor(given: {
    reports: Pick<ReportOffice, 'makeBy' | 'reports' | 'lastOf'>;
    journal: Pick<Journal, 'lastBefore'>;
    clock: Pick<Clock, 'now'>;
    kinds: readonly ClockKind[];
    log: Log;
  }) {
    this.#reports = given.reports;
    this.#journal = given.journal;
    this.#clock = given.clock;
    this.#kinds = given.kinds;
    this.#log = given.log;
  }

  /** One look at a time: a year of events takes longer than a minute. */
  async look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (const kind of this.#kinds) await this.#make(kind);
    } catch (cause) {
      this.#log.warn('a report could not be made by the clock', { cause: String(cause) });
    } finally {
      this.#isLooking = false;
    }
  }

  async #make(kind: ClockKind): Promise<void> {
    const { from, to } = this.#reports.lastOf(kind, this.#clock.now());
    if ((this.#doneUpTo.get(kind) ?? 0) >= to) return;
    if (!(await this.#isMade(kind, from)) && (await this.#journal.lastBefore(to)) > 0) {
      const made = await this.#reports.makeBy({ kind, from, area: null, incident: null, text: null }, null);
      if (made.ok) this.#log.info('a report was made', { no: made.value.no, kind });
    }
    this.#doneUpTo.set(kind, to);
  }

  async #isMade(kind: ClockKind, from: Millis): Promise<boolean> {
    const { items } = await this.#reports.reports({ kind }, LOOKED_AT, null);
    return items.some((r) => r.from === from && r.area === null && r.author.kind === 'system');
  }
}
