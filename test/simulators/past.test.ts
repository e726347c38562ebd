import { expect, it } from 'vitest';
import { pastRows } from '../../simulators/past.ts';
import { PROFILES } from '../../simulators/profiles/index.ts';

it('the past of a city is an ordinary hour of every instrument but the waveforms, in the columns of an import', () => {
  const city = PROFILES.demo.city();
  const from = Date.UTC(2026, 10, 27, 1);
  const until = from + 3_600_000;
  const [head, ...rows] = [...pastRows(city, from, until, 1)];
  expect(head).toBe('point,metric,time,value');
  const points = new Set<string>();
  for (const row of rows) {
    const [point, metric, time, value] = row.split(',');
    points.add(point ?? '');
    expect(metric).toMatch(/^\w+$/);
    // A device's clock is allowed to be a little off.
    expect(Math.abs(Number(time) - (from + until) / 2)).toBeLessThan(1_800_000 + 1_000);
    expect(value).toMatch(/^(-?\d+(\.\d+)?|true|false)$/);
  }
  const withWaves = city.instruments.filter((i) => i.kind === 'bridge-vibration').map((i) => i.code);
  expect(points).toEqual(new Set(city.instruments.map((i) => i.code).filter((c) => !withWaves.includes(c))));
});
