import type { City, Instrument } from '../city.ts';
import type { Incident } from '../incident.ts';
import { round } from '../models/model.ts';
import { chance } from '../random.ts';
import { mustRaise } from './expect.ts';
import { atOneAsset } from './forms.ts';
import { type Expected, MINUTE, type Scenario } from './scenario.ts';

type Crossing = {
  readonly from: number;
  /** How long the vehicle is on the bridge. */
  readonly takes: number;
  readonly load: number;
  readonly axle: number;
  /** What it does to the girder: millimetres down, microstrain. */
  readonly sag: number;
  readonly strain: number;
};

/** Seconds for which the scale shows one vehicle. */
const ON_THE_SCALE = 6_000;

/** A heavy vehicle goes over a bridge: first the scale, then girder and gauges feel it. */
export function crossing(sensors: readonly Instrument[], c: Crossing): Incident[] {
  return sensors.flatMap((s): Incident[] => {
    switch (s.kind) {
      case 'bridge-weigh': {
        const alters: Incident['alters'] = (v) => ({ ...v, load: c.load, axle: c.axle });
        return [{ device: s.code, from: c.from, until: c.from + ON_THE_SCALE, alters }];
      }
      case 'bridge-deflection': {
        const alters: Incident['alters'] = (v, _t, noise) => ({
          ...v,
          deflection: round(-c.sag + 0.5 * noise.normal(), 2),
        });
        return [{ device: s.code, from: c.from + 10_000, until: c.from + c.takes, alters, every: 10_000 }];
      }
      case 'bridge-strain': {
        const alters: Incident['alters'] = (v, _t, noise) => ({
          ...v,
          strain: round(c.strain + 1.5 * noise.normal(), 1),
        });
        return [{ device: s.code, from: c.from + 10_000, until: c.from + c.takes, alters, every: 10_000 }];
      }
      default:
        return [];
    }
  });
}

/** The sensors of bridges that weigh what drives onto them, bridge by bridge. */
export function weighedBridges(city: City): readonly (readonly Instrument[])[] {
  return [...Map.groupBy(city.instruments, (i) => i.asset).values()].filter((sensors) =>
    sensors.some((s) => s.kind === 'bridge-weigh'),
  );
}

export const overloadedTruck: Scenario = {
  title: 'a transformer transport crosses one bridge at walking pace, an overloaded lorry the other',
  plot: (city, seed) => {
    const bridges = [...weighedBridges(city)];
    const dice = chance(seed, 'overloaded-truck');
    const [first] = bridges.splice(dice.whole(0, bridges.length - 1), 1);
    const [second] = bridges.splice(dice.whole(0, Math.max(0, bridges.length - 1)), 1);
    const incidents: Incident[] = [];
    const expected: Expected[] = [];
    if (first !== undefined) {
      const c = { from: 10 * MINUTE, takes: 4 * MINUTE, load: 132, axle: 48, sag: 54, strain: 241 };
      incidents.push(...crossing(first, c));
      expected.push(...felt(first, c));
    }
    if (second !== undefined) {
      const c = { from: 20 * MINUTE, takes: MINUTE, load: 96, axle: 33, sag: 31, strain: 160 };
      incidents.push(...crossing(second, c));
      expected.push(
        ...second
          .filter((s) => s.kind === 'bridge-weigh')
          .map((s) => mustRaise(s.code, 'bridge.load.limit', { value: c.load, heldMs: ON_THE_SCALE })),
      );
    }
    return { incidents, expected, forms: atOneAsset(city, expected), durationMs: 50 * MINUTE };
  },
};

function felt(sensors: readonly Instrument[], c: Crossing): Expected[] {
  const held = c.takes - 20_000;
  return sensors.flatMap((s) => {
    if (s.kind === 'bridge-weigh') {
      return [
        mustRaise(s.code, 'bridge.load.limit', { value: c.load, heldMs: ON_THE_SCALE }),
        mustRaise(s.code, 'bridge.axle.limit', { value: c.axle, heldMs: ON_THE_SCALE }),
      ];
    }
    if (s.kind === 'bridge-deflection')
      return [mustRaise(s.code, 'bridge.deflection.limit', { value: -c.sag, heldMs: held })];
    if (s.kind === 'bridge-strain')
      return [mustRaise(s.code, 'bridge.strain.limit', { value: c.strain, heldMs: held })];
    return [];
  });
}
