import { days, type Millis, minutes } from '../../../src/domain/time.ts';
import type { TurnRecord } from '../../../src/flow/ports/journal.ts';
import type { Sample } from '../course.ts';
import { must } from '../failure.ts';
import type { StoreThatGoesAway } from '../store.ts';

const METRICS = ['ch4', 'co'] as const;

/** A repetition is known for as many readings of its series at least; later it is the same by its instant alone. */
const KNOWN_FOR = 32;
/** A clock that has stood is not believed at once: so long a repetition may be one more, as one of a clock that stands may. */
const DOUBTED_FOR = 10;

/** Acknowledged is kept, once, and no reading overwrites another. */
export class KeptOnce {
  readonly #isRight: (point: string) => boolean;
  readonly #ourClockIsSet: boolean;
  /** The last sample that came with each stamp, by point. */
  readonly #stamps = new Map<string, Map<number, Sample>>();
  /** Values that came with an instant that cannot be believed (C14) or that others have: none to know them by again; by point. */
  readonly #undated = new Map<string, Set<number>>();
  /** How many readings had been kept when each value was, by point and metric; what was kept again takes a place, too. */
  readonly #before = new Places();
  readonly #all = new Map<string, number>();
  /** Where each value lies, by point and metric, value for value. */
  readonly #durable = new Places();
  /** What lies at each instant, the same way. */
  readonly #byInstant = new Places();
  /** Samples of a device since one had the instant of another. */
  readonly #sinceItStood = new Map<string, number>();
  kept = 0;

  /** @param isRight whether the clock of a point's device tells the time for as long as it lives */
  constructor(isRight: (point: string) => boolean, ourClockIsSet: boolean) {
    this.#isRight = isRight;
    this.#ourClockIsSet = ourClockIsSet;
  }

  /** A sample arrives. @param now our clock */
  arrives(s: Sample & { readonly stampedAt: number }, now: Millis): void {
    const stamps = this.#stamps.get(s.point) ?? new Map<number, Sample>();
    this.#stamps.set(s.point, stamps);
    const other = stamps.get(s.stampedAt) ?? s;
    stamps.set(s.stampedAt, s);
    const stands = other.n !== s.n;
    const since = stands ? 0 : (this.#sinceItStood.get(s.point) ?? Number.POSITIVE_INFINITY) + 1;
    this.#sinceItStood.set(s.point, since);
    if (since > DOUBTED_FOR && s.stampedAt <= now + minutes(2) && s.stampedAt >= now - days(7)) return;
    const undated = this.#undated.get(s.point) ?? new Set();
    this.#undated.set(s.point, undated);
    for (const m of METRICS) undated.add(s.values[m]).add(other.values[m]);
  }

  /** A turn is on the disk. */
  durable(record: TurnRecord): void {
    for (const r of [...(record.owed?.readings ?? []), ...record.readings]) {
      if (r.value === null || !METRICS.some((m) => m === r.metric)) continue;
      const places = this.#durable.of(r.point, r.metric);
      const known = places.get(r.value);
      const before = this.#before.of(r.point, r.metric);
      const all = this.#all.get(`${r.point} ${r.metric}`) ?? 0;
      this.#all.set(`${r.point} ${r.metric}`, all + 1);
      // What comes by a clock that is off and is known no more cannot be told from what is new.
      const isForgotten = all - (before.get(r.value) ?? all) > KNOWN_FOR;
      const isUndated = this.#undated.get(r.point)?.has(r.value) === true;
      const mayStandTwice = (isForgotten && !this.#isRight(r.point)) || isUndated;
      must(
        known === undefined || known === r.observedAt || mayStandTwice,
        () => `${r.point} ${r.metric} ${r.value} was kept at two instants, ${known} and ${r.observedAt}`,
      );
      if (known !== undefined && known !== r.observedAt) continue;
      if (known === undefined) {
        this.kept++;
        before.set(r.value, all);
      }
      places.set(r.value, r.observedAt);
      const at = this.#byInstant.of(r.point, r.metric);
      const there = at.get(r.observedAt);
      must(
        // A time that our clock shows twice has place for one thing that stands where it was received.
        there === undefined || there === r.value || (isUndated && this.#ourClockIsSet),
        () => `${r.value} overwrites ${there} of ${r.metric} at ${r.point}, both at ${r.observedAt}`,
      );
      at.set(r.observedAt, r.value);
    }
  }

  acknowledged(s: Sample): void {
    for (const m of METRICS)
      must(
        this.#durable.of(s.point, m).has(s.values[m]),
        () => `${s.values[m]} of ${m} at ${s.point} was acknowledged and is not on the disk`,
      );
  }

  /** At the end, when the store has had its time: it has what the journal had, where the journal had it. */
  async stored(store: StoreThatGoesAway, points: readonly string[]): Promise<void> {
    for (const point of points)
      for (const metric of METRICS) {
        const q = { point, metric, from: 0, to: Number.MAX_SAFE_INTEGER, limit: Number.MAX_SAFE_INTEGER };
        const found = new Map((await store.within.raw(q as never)).map(({ t, value }) => [t, value]));
        for (const [value, t] of this.#durable.of(point, metric))
          must(
            found.get(t) === value || store.hasLied(point, metric, t),
            () => `${point} ${metric} ${value} is not in the history at ${t}`,
          );
      }
  }
}

/** Numbers by numbers, by point and metric. */
class Places {
  readonly #all = new Map<string, Map<string, Map<number, number>>>();

  of(point: string, metric: string): Map<number, number> {
    const ofPoint = this.#all.get(point) ?? new Map<string, Map<number, number>>();
    this.#all.set(point, ofPoint);
    const places = ofPoint.get(metric) ?? new Map<number, number>();
    ofPoint.set(metric, places);
    return places;
  }
}
