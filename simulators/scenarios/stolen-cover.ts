import type { Incident } from '../incident.ts';
import { round } from '../models/model.ts';
import { chance } from '../random.ts';
import { mustRaise } from './expect.ts';
import { atOneAsset } from './forms.ts';
import { choose, type Expected, MINUTE, type Scenario } from './scenario.ts';

/** A cover lifted to `angle` and left so: the device holds against vibration itself, then speaks at once. */
export function lifted(device: string, angle: number, from: number, until: number): Incident {
  return {
    device,
    from,
    until,
    alters: (v, _t, noise) => ({ ...v, open: true, tilt: round(angle + 0.4 * noise.normal(), 1) }),
  };
}

export const stolenCover: Scenario = {
  title: 'one cover is taken, one is opened without a permit, one is shaken by lorries',
  plot: (city, seed) => {
    const dice = chance(seed, 'stolen-cover');
    const [taken, opened, shaken] = choose(city, 'cover', 3, dice);
    const incidents: Incident[] = [];
    const expected: Expected[] = [];
    if (taken !== undefined) {
      incidents.push(lifted(taken.code, 118, 6 * MINUTE, 40 * MINUTE));
      expected.push(
        mustRaise(taken.code, 'manhole.tilt.limit', { value: 118, heldMs: 34 * MINUTE }),
        mustRaise(taken.code, 'manhole.open.flag', { value: 1, heldMs: 34 * MINUTE }),
      );
    }
    if (opened !== undefined) {
      incidents.push(lifted(opened.code, 34, 15 * MINUTE, 35 * MINUTE));
      expected.push(
        mustRaise(opened.code, 'manhole.tilt.limit', { value: 34, heldMs: 20 * MINUTE }),
        mustRaise(opened.code, 'manhole.open.flag', { value: 1, heldMs: 20 * MINUTE }),
      );
    }
    if (shaken !== undefined) {
      // What gets through the two seconds that a device waits: an angle, but not that of an open cover.
      incidents.push({
        device: shaken.code,
        from: 10 * MINUTE,
        until: 50 * MINUTE,
        every: MINUTE,
        alters: (v, _t, noise) => ({
          ...v,
          tilt: round(Math.min(7.5, 4 + Math.abs(1.5 * noise.normal())), 1),
        }),
      });
    }
    // Each cover by itself: two thieves, or one, is for people to say.
    return { incidents, expected, forms: atOneAsset(city, expected), durationMs: 60 * MINUTE };
  },
};
