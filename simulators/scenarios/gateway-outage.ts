import type { Incident } from '../incident.ts';
import { chance } from '../random.ts';
import { mustRaise } from './expect.ts';
import { crossings, leak } from './gas-leak.ts';
import { type Expected, MINUTE, type Scenario } from './scenario.ts';

/** Longer than the silence that the gas pack allows. */
const DOWN = { from: 10 * MINUTE, until: 115 * MINUTE } as const;

export const gatewayOutage: Scenario = {
  title: 'a gateway is down for an hour and three quarters; what its devices stored comes afterwards',
  plot: (city, seed) => {
    const wells = chance(seed, 'gateway-outage').pick(crossings(city));
    const down: Incident[] = wells.map((w) => ({ device: w.code, ...DOWN, link: 'down-and-storing' }));
    const silent: Expected[] = wells.map((w) =>
      mustRaise(w.code, 'gas.any.silence', { value: (DOWN.until - DOWN.from) / MINUTE, heldMs: 0 }),
    );
    // While nobody could hear it, gas rose in one chamber and was gone again: it must be told, and marked late.
    const unheard = leak({
      wells: wells.slice(0, 1),
      peak: 66,
      from: 40 * MINUTE,
      rise: 5 * MINUTE,
      hold: 12 * MINUTE,
      decay: 8 * MINUTE,
      seep: 0,
    });
    return {
      incidents: [...down, ...unheard.incidents],
      expected: [...silent, ...unheard.expected.map((e) => ({ ...e, late: true }))],
      // One outage, that hides nothing: the gas, told late, is in none.
      forms: [{ kind: 'gateway-silent', points: wells.map((w) => w.code) }],
      durationMs: 130 * MINUTE,
    };
  },
};
