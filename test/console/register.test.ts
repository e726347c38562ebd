import { describe, expect, it } from 'vitest';
import type { DeviceFault, Latest, Point } from '../../dashboards/console/src/api/answers.ts';
import { former } from '../../dashboards/console/src/screens/register/edit/swap.ts';
import { hexDump } from '../../dashboards/console/src/screens/register/packets/hex.ts';
import { areasBelow, troublesOf } from '../../dashboards/console/src/screens/register/troubles.ts';

const NOW = Date.parse('2026-03-01T05:10:00Z');
const at = (secondsAgo: number): string => new Date(NOW - secondsAgo * 1_000).toISOString();
const point = (code: string, more: Partial<Point> = {}): Point => ({
  code,
  name: code,
  lifeline: 'gas',
  asset: null,
  ownerUnit: null,
  area: '3416',
  place: null,
  unverified: false,
  outOfService: null,
  attributes: {},
  heardAt: at(5),
  ...more,
});
const reading = (pointCode: string, more: Partial<Latest> = {}): Latest => ({
  pointCode,
  metric: 'ch4',
  value: 1,
  unit: '%LEL',
  quality: 'good',
  observedAt: at(5),
  receivedAt: at(5),
  ageMs: 5_000,
  ...more,
});
const troubles = (points: Point[], latest: Latest[], found: DeviceFault[] = []) =>
  troublesOf({ points, devices: [], latest, found, expected: () => 60_000, now: NOW }).map((t) => [
    t.point.code,
    ...t.faults,
  ]);

describe('what is wrong with the points', () => {
  it('stands worst first; within that the longest silent first; what was never joined last', () => {
    const points = [
      point('never'),
      point('low'),
      point('stuck'),
      point('silent', { heardAt: at(300) }),
      point('longer', { heardAt: at(900) }),
      point('well'),
    ];
    const latest = [
      reading('low', { metric: 'battery', value: 12 }),
      reading('stuck', { quality: 'doubtful', why: 'stuck' }),
      reading('silent'),
      reading('longer', { quality: 'bad', why: 'sentinel' }),
      reading('well'),
    ];
    expect(troubles(points, latest)).toEqual([
      ['longer', 'silent', 'bad'],
      ['silent', 'silent'],
      ['stuck', 'stuck'],
      ['low', 'battery'],
      ['never', 'never'],
    ]);
  });

  it('has with it what the service has found over days, of points whose newest reading looks well too', () => {
    const fault = {
      device: 'd',
      pointCode: 'drifts',
      kind: 'interval-drift' as const,
      metric: null,
      since: at(3_600),
      why: { zh: '上报间隔变长', en: 'the interval grew' },
      clearedAt: null,
      times: 1,
    };
    const points = [point('drifts'), point('well')];
    expect(troubles(points, [reading('drifts'), reading('well')], [fault])).toEqual([['drifts', 'interval']]);
  });

  it('is not asked of a point in maintenance, nor of the service itself', () => {
    const points = [
      point('out', { outOfService: { since: at(60), reason: '检修' } }),
      point('own', { lifeline: 'platform' }),
    ];
    expect(troubles(points, [])).toEqual([]);
  });
});

describe('small things of the register', () => {
  it('an area has with it every area below it, in whatever order they come', () => {
    const areas = [
      { code: 'c', parent: 'b' },
      { code: 'b', parent: 'a' },
      { code: 'x', parent: null },
      { code: 'a', parent: null },
    ];
    expect([...areasBelow(areas, 'a')].sort()).toEqual(['a', 'b', 'c']);
  });

  it('former devices stay within what an attribute may hold, newest first', () => {
    let all: string | undefined;
    for (let i = 0; i < 30; i++) all = former(all, `DEVICE-${i}`, NOW);
    expect(all?.length).toBeLessThanOrEqual(200);
    expect(all?.startsWith('DEVICE-29')).toBe(true);
  });

  it('bytes are shown sixteen a line, with what can be read beside them', () => {
    expect(hexDump(Buffer.from('{"v":1}\u0000').toString('base64'))).toBe(
      '0000  7b 22 76 22 3a 31 7d 00                          {"v":1}.',
    );
  });
});
