import type { City, Instrument } from '../city.ts';
import { type Incident, ramp } from '../incident.ts';
import { round } from '../models/model.ts';
import { type Chance, chance } from '../random.ts';
import { mustRaise } from './expect.ts';
import { type Expected, MINUTE, ofKind, type Scenario } from './scenario.ts';

export type Leak = {
  readonly wells: readonly Instrument[];
  /** At the source, %LEL. */
  readonly peak: number;
  readonly from: number;
  readonly rise: number;
  readonly hold: number;
  readonly decay: number;
  /** Until the gas has seeped from one chamber to the next. */
  readonly seep: number;
};

/** What reaches the chambers one after the other, as shares of the source. */
const SPREAD = [1, 0.72, 0.42, 0.16, 0.08];
/** Gusts through a chamber: four of them make a quarter, and the shares above stay clear of the limits by more. */
const GUST = 0.05;

/** Gas finds its way along ducts and soil: it rises smoothly, then seeps away once the main is shut. */
export function leak(l: Leak): { incidents: Incident[]; expected: Expected[] } {
  const incidents: Incident[] = [];
  const expected: Expected[] = [];
  for (const [i, well] of l.wells.slice(0, SPREAD.length).entries()) {
    const peak = l.peak * (SPREAD[i] as number);
    const from = l.from + i * l.seep;
    const shut = from + l.rise + l.hold;
    const concentration = (t: number): number =>
      peak * ramp(t, from, from + l.rise) * (t <= shut ? 1 : Math.exp((-4 * (t - shut)) / l.decay));
    incidents.push({
      device: well.code,
      from,
      until: shut + 2 * l.decay,
      alters: (v, t, noise: Chance) => ({
        ...v,
        ch4: round(Number(v.ch4) + concentration(t) * (1 + GUST * noise.normal()), 2),
      }),
    });
    // The lightest gust of the plateau is what must still count, the strongest what may not count as more.
    const least =
      i < 3 ? mustRaise(well.code, 'gas.ch4.limit', { value: peak * (1 + 2 * GUST), heldMs: l.hold }) : null;
    if (least !== null) expected.push(least);
  }
  return { incidents, expected };
}

/** Chambers that a leak under one crossing would reach, in order, crossing by crossing. */
export function crossings(city: City): readonly (readonly Instrument[])[] {
  const groups = Map.groupBy(
    ofKind(city, 'gas-chamber').filter((i) => i.gateway !== null),
    (i) => i.gateway,
  );
  return [...groups.values()].filter((g) => g.length >= 4).map((g) => g.slice(0, SPREAD.length));
}

export const gasLeak: Scenario = {
  title: 'a main leaks under a crossing: chambers fill one after the other, then it is shut',
  plot: (city, seed) => {
    const wells = chance(seed, 'gas-leak').pick(crossings(city));
    const shape = { peak: 84, from: 8 * MINUTE, rise: 8 * MINUTE, hold: 15 * MINUTE, decay: 12 * MINUTE };
    const made = leak({ ...shape, wells, seep: 2 * MINUTE });
    // However many chambers it reaches, it is one leak.
    const forms = [{ points: made.expected.map((e) => e.point) }];
    return { ...made, forms, durationMs: 75 * MINUTE };
  },
};
