import { expect, test } from 'vitest';
import { bandOf } from '../../../dashboards/console/src/screens/trend/said/band.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 6, 1, 12, minute)).toISOString();
const range = (horizonMin: number, p50: number) => ({ horizonMin, p10: p50 - 1, p50, p90: p50 + 2 });

test('what was said stands at the instant that it was said of, and what is said now follows it', () => {
  const band = bandOf({
    observedAt: at(2),
    said: [
      { at: at(0), ...range(10, 12) },
      { at: at(0), ...range(30, 20) },
      { at: at(1), ...range(10, 13) },
    ],
    horizons: [range(10, 14), range(20, 18), range(30, 21)],
  });
  expect(band.map((b) => [new Date(b.at).toISOString(), b.low, b.middle, b.high])).toEqual([
    [at(10), 11, 12, 14],
    [at(11), 12, 13, 15],
    [at(12), 13, 14, 16],
    [at(22), 17, 18, 20],
    [at(32), 20, 21, 23],
  ]);
});

test('nothing that was said is an empty band, also where no reading is known', () => {
  expect(bandOf({ observedAt: null, said: [], horizons: [] })).toEqual([]);
});
