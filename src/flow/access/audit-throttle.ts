import { Repeats, type Untold } from '../../domain/repeats.ts';
import { minutes } from '../../domain/time.ts';
import type { Audit, AuditEntry } from '../ports/audit.ts';
import type { Clock } from '../ports/clock.ts';

/** Refusals of one kind from one address kept one by one in a minute; the rest of that minute is one entry. */
const ONE_BY_ONE = 20;
/** Kinds counted apart; beyond them all others of a minute share one entry. */
const KINDS = 2_000;

/**
 * Keeps the audit journal from being filled by whoever is refused: a stranger who knocks ten thousand times a
 * minute gets twenty entries and one that says how many more there were. What was done is always kept one by one.
 */
export class AuditThrottle implements Pick<Audit, 'record'> {
  readonly #audit: Pick<Audit, 'record'>;
  readonly #clock: Clock;
  readonly #repeats = new Repeats<AuditEntry>({ oneByOne: ONE_BY_ONE, kindsAtMost: KINDS });
  #end: (() => void) | null = null;

  constructor(audit: Pick<Audit, 'record'>, clock: Clock) {
    this.#audit = audit;
    this.#clock = clock;
  }

  start(): void {
    this.#end = this.#clock.every(minutes(1), () => this.tellRest());
  }

  stop(): void {
    this.#end?.();
    this.tellRest();
  }

  record(entry: AuditEntry): Promise<boolean> {
    if (entry.outcome === 'done') return this.#audit.record(entry);
    const isTold = this.#repeats.note(`${entry.from}\n${entry.what}\n${entry.why}`, entry);
    return isTold ? this.#audit.record(entry) : Promise.resolve(true);
  }

  /** What was not told one by one in the minute that ends. */
  tellRest(): void {
    const { kinds, beyond } = this.#repeats.end();
    for (const untold of kinds) void this.#audit.record(this.#alike(untold));
    if (beyond !== null) void this.#audit.record({ ...this.#alike(beyond), from: null, why: 'many-kinds' });
  }

  #alike({ last, times }: Untold<AuditEntry>): AuditEntry {
    const { who: _, object: __, before: ___, after: ____, ...head } = last;
    return { ...head, at: this.#clock.now(), who: null, object: null, after: { alike: times } };
  }
}
