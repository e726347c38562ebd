import { round } from '../models/model.ts';
import { chance } from '../random.ts';
import { mustRaise } from './expect.ts';
import { choose, MINUTE, type Scenario } from './scenario.ts';

/** Amplitude of the swinging girder, m/s²; its RMS is amplitude ÷ √2. */
const AMPLITUDE = 0.56;

export const vortexVibration: Scenario = {
  title: 'wind sheds vortices from a girder: it swings gently for three quarters of an hour',
  plot: (city, seed) => {
    const girders = choose(city, 'bridge-vibration', 1, chance(seed, 'vortex-vibration'));
    // Windows of ten minutes, the first perhaps half filled, then half an hour in which it must last.
    const [from, until] = [10 * MINUTE, 70 * MINUTE];
    return {
      incidents: girders.map((girder) => ({
        device: girder.code,
        from,
        until,
        shakes: (wave, t) => ({
          ...wave,
          series: {
            ...wave.series,
            az: (wave.series.az ?? []).map((x, i) =>
              round(x + AMPLITUDE * Math.sin((2 * Math.PI * 0.23 * (t + i * wave.dt)) / 1000), 4),
            ),
          },
        }),
      })),
      expected: girders.map((g) =>
        mustRaise(g.code, 'bridge.az.rms.limit', { value: AMPLITUDE / Math.SQRT2, heldMs: 40 * MINUTE }),
      ),
      forms: [],
      durationMs: 90 * MINUTE,
    };
  },
};
