import { ramp } from '../incident.ts';
import { round } from '../models/model.ts';
import { chance } from '../random.ts';
import { mustRaise } from './expect.ts';
import { choose, HOUR, MINUTE, type Scenario } from './scenario.ts';

const PEAK = 27;

export const biogas: Scenario = {
  title: 'sewage ferments in one chamber: methane swells slowly and ebbs with the warmth',
  plot: (city, seed) => {
    const wells = choose(city, 'gas-chamber', 1, chance(seed, 'biogas'));
    const [from, top, until] = [5 * MINUTE, 60 * MINUTE, 110 * MINUTE];
    return {
      incidents: wells.map((well) => ({
        device: well.code,
        from,
        until,
        alters: (v, t) => ({
          ...v,
          ch4: round(Number(v.ch4) + PEAK * ramp(t, from, top) * (1 - ramp(t, top, until)), 2),
        }),
      })),
      expected: wells.map((well) =>
        mustRaise(well.code, 'gas.ch4.limit', { value: PEAK, heldMs: 20 * MINUTE }),
      ),
      forms: [],
      durationMs: 2 * HOUR,
    };
  },
};
