import { minutes } from '../../domain/time.ts';
import type { Audit, AuditEntry } from '../ports/audit.ts';
import type { Clock } from '../ports/clock.ts';

/** Refusals of one kind from one address kept one by one in a minute; the rest of that minute is one entry. */
const ONE_BY_ONE = 20;
/** Kinds counted apart; beyond them all others of a minute share one entry. */
const KINDS = 2_000;

type Kind = { seen: number; last: AuditEntry };

/**
 * Keeps the audit journal from being filled by whoever is refused: a stranger who knocks ten thousand times a
 * minute gets twenty entries and one that says how many more there were. What was done is always kept one by one.
 */
export class AuditThrottle implements Pick<Audit, 'record'> {
  readonly #audit: Pick<Audit, 'record'>;
  readonly #clock: Clock;
  #kinds = new Map<string, Kind>();
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
    const name = `${entry.from}\n${entry.what}\n${entry.why}`;
    const key = this.#kinds.has(name) || this.#kinds.size < KINDS ? name : 'others';
    const kind = this.#kinds.get(key) ?? { seen: 0, last: entry };
    kind.seen += 1;
    kind.last = entry;
    this.#kinds.set(key, kind);
    return kind.seen <= ONE_BY_ONE && key !== 'others' ? this.#audit.record(entry) : Promise.resolve(true);
  }

  /** What was not told one by one in the minute that ends. */
  tellRest(): void {
    for (const [key, { seen, last }] of this.#kinds) {
      const rest = key === 'others' ? seen : seen - ONE_BY_ONE;
      if (rest <= 0) continue;
      const { who: _, object: __, before: ___, after: ____, ...head } = last;
      const entry = { ...head, at: this.#clock.now(), who: null, object: null, after: { alike: rest } };
      void this.#audit.record(key === 'others' ? { ...entry, from: null, why: 'many-kinds' } : entry);
    }
    this.#kinds = new Map();
  }
}
