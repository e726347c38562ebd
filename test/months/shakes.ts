import { type Chance, chance } from '../../simulators/random.ts';
import { type Duration, hours, type Millis, minutes } from '../../src/domain/time.ts';
import type { Write } from './device.ts';

/** A minute of acceleration, a value a second: so often a logger measures, too. */
export const FRAME = { lasts: minutes(1), dt: 1_000, n: 60 } as const;
/** Amplitudes, m/s², far from any limit on either side. */
const STILL = 0.01;
const STRONG = 100;

/** A minute of one logger as it really was. */
export type Wave = {
  readonly n: number;
  readonly point: string;
  readonly takenAt: Millis;
  readonly isShaken: boolean;
};
type Shake = { readonly from: Millis; readonly to: Millis };

/** A bridge that rests, and now and then is shaken for a long time. */
export class Shakes {
  readonly #point: string;
  readonly #all: readonly Shake[];
  #n = 0;

  constructor(seed: number, point: string, from: Millis, lasts: Duration) {
    this.#point = point;
    const fate: Chance = chance(seed, `${point} shakes`);
    const all: Shake[] = [];
    for (let at = from + hours(4) * fate.between(0.5, 2); at < from + lasts; ) {
      const to = at + minutes(40) * fate.between(1, 3);
      all.push({ from: at, to });
      at = to + hours(8) * fate.between(0.5, 2);
    }
    this.#all = all;
  }

  /** @returns since when it has been shaken; `null`: it rests */
  since(then: Millis): Millis | null {
    return this.#all.find((s) => s.from <= then && then < s.to)?.from ?? null;
  }

  /** Whether it was shaken at any time of a stretch. */
  within(from: Millis, to: Millis): boolean {
    return this.#all.some((s) => s.from <= to && s.to >= from);
  }

  sample(takenAt: Millis): Wave {
    const isShaken = this.since(takenAt - FRAME.lasts) !== null && this.since(takenAt) !== null;
    return { n: ++this.#n, point: this.#point, takenAt, isShaken };
  }
}

/** By its first value a minute is known again wherever it turns up. */
export const signOf = (n: number): number => Number((n / 10_000_000).toFixed(7));

export const writeWave: Write<Wave> = ({ n, stampedAt, isShaken }) => ({
  t0: stampedAt - FRAME.lasts,
  dt: FRAME.dt,
  series: {
    az: [
      signOf(n),
      ...Array.from({ length: FRAME.n - 1 }, (_, i) =>
        Number(((isShaken ? STRONG : STILL) * Math.sin(i / 3)).toFixed(4)),
      ),
    ],
  },
});
