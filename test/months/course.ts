import { type Chance, chance } from '../../simulators/random.ts';
import { type Duration, hours, type Millis, minutes } from '../../src/domain/time.ts';
import { WATCHED, type Watched } from './house.ts';

/** A stretch of real time in which something is over its limit. */
export type Excursion = {
  readonly point: string;
  readonly metric: Watched['metric'];
  readonly n: number;
  readonly from: Millis;
  readonly to: Millis;
  readonly height: number;
};

/** A measurement as it was really made. Each value is used once, so that by the value it is known again wherever it turns up. */
export type Sample = {
  readonly n: number;
  readonly point: string;
  readonly takenAt: Millis;
  readonly values: { readonly ch4: number; readonly co: number };
};

const HEIGHTS = { ch4: [11, 13, 17, 30, 60, 95], co: [70, 150] } as const;
const REST = { ch4: 2, co: 8 } as const;

/** What really happens at one point: rest, and excursions well apart. */
export class Course {
  readonly excursions: readonly Excursion[];
  /** By metric, one after the other. */
  readonly #of: ReadonlyMap<string, readonly Excursion[]>;
  readonly #point: string;
  readonly #trembles: Chance;
  #n = 0;

  constructor(seed: number, point: string, from: Millis, lasts: Duration) {
    this.#point = point;
    this.#trembles = chance(seed, `${point} trembles`);
    this.excursions = WATCHED.flatMap(({ metric }) => {
      const fate = chance(seed, `${point} ${metric}`);
      const found: Excursion[] = [];
      let begins = from + fate.between(hours(1), hours(8));
      while (begins < from + lasts - hours(3)) {
        const ends =
          begins + fate.pick([minutes(4), minutes(12), minutes(40), hours(3)]) * fate.between(1, 2);
        const height = fate.pick(HEIGHTS[metric]);
        found.push({ point, metric, n: found.length, from: begins, to: ends, height });
        begins = ends + fate.between(hours(2), hours(14));
      }
      return found;
    });
    this.#of = Map.groupBy(this.excursions, (e) => e.metric);
  }

  during(metric: Watched['metric'], then: Millis): Excursion | null {
    const all = this.#of.get(metric) ?? [];
    let low = 0;
    let high = all.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((all[middle] as Excursion).to <= then) low = middle + 1;
      else high = middle;
    }
    const next = all[low];
    return next !== undefined && next.from <= then ? next : null;
  }

  sample(takenAt: Millis): Sample {
    const n = ++this.#n;
    const value = (metric: Watched['metric']) => {
      const height = this.during(metric, takenAt)?.height ?? REST[metric];
      const tenths = Math.round(height * this.#trembles.between(8.5, 10.5));
      return Number(`${Math.floor(tenths / 10)}.${tenths % 10}${String(n).padStart(6, '0')}`);
    };
    return { n, point: this.#point, takenAt, values: { ch4: value('ch4'), co: value('co') } };
  }
}
