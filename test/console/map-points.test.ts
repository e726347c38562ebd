import { describe, expect, it } from 'vitest';
import {
  clustersOf,
  nextAlarm,
  notNormal,
  outlineOf,
  type PointJson,
  type PointState,
  silentAfter,
  statesOf,
} from '../../dashboards/console/src/screens/map/points.ts';
import type { PackJson } from '../../dashboards/console/src/state/catalog.ts';
import { acked, anAlarm } from './an-alarm.ts';

const NOW = Date.parse('2026-03-01T05:10:00Z');
const MINUTE = 60_000;
const ago = (minutes: number): string => new Date(NOW - minutes * MINUTE).toISOString();

const point = (code: string, over: Partial<PointJson> = {}): PointJson => ({
  code,
  name: code,
  lifeline: 'gas',
  area: '990102001',
  asset: null,
  place: { lon: 118, lat: 31, crs: 'CGCS2000' },
  heardAt: ago(1),
  outOfService: null,
  ...over,
});
const known = {
  silentAfter: new Map([['gas', 30 * MINUTE]]),
  offline: new Set<string>(),
  reported: null,
  now: NOW,
};
const state = (code: string, over: Partial<PointState> = {}): PointState => ({
  point: point(code),
  level: null,
  unacked: false,
  alarms: [],
  unheard: null,
  ...over,
});

describe('a point on the map', () => {
  it('wears its gravest open alarm, and says whether somebody has seen it', () => {
    const alarms = [
      anAlarm('a', { pointCode: 'P', level: 3 }),
      acked(anAlarm('b', { pointCode: 'P', level: 1 }), '李四', ago(1)),
    ];
    const [s] = statesOf([point('P')], alarms, known);
    expect([s?.level, s?.unacked, s?.alarms.length]).toEqual([1, true, 2]);
  });
  it('is hollow when it has not been heard for longer than its lifeline allows, and not a minute before', () => {
    const heard = (minutes: number) =>
      statesOf([point('P', { heardAt: ago(minutes) })], [], known)[0]?.unheard;
    expect([heard(29), heard(31)]).toEqual([null, 'silent']);
  });
  it('is hollow when its device says it is gone, when the service judged it silent, and when it never spoke', () => {
    const offline = statesOf([point('P')], [], { ...known, offline: new Set(['P']) });
    const judged = statesOf([point('P')], [anAlarm('a', { pointCode: 'P', dataInterrupted: true })], known);
    // Registered a minute ago, and not a reading since.
    const never = statesOf([point('P')], [], { ...known, reported: new Set(['Q']) });
    expect([offline, judged, never].map((s) => s[0]?.unheard)).toEqual(['offline', 'silent', 'never']);
  });
  it('may be silent as long as the rule of its lifeline says, or three times its slowest metric', () => {
    const pack = (rules: unknown[]): PackJson =>
      ({
        key: 'gas',
        name: { zh: '', en: '' },
        metrics: [{ expectedIntervalMs: 5 * MINUTE }],
        rules,
      }) as unknown as PackJson;
    const rule = {
      metric: null,
      signal: { of: 'silentFor' },
      steps: [{ level: 4, limit: { is: 'above', limit: 72 } }],
    };
    expect(silentAfter([pack([rule])]).get('gas')).toBe(72 * MINUTE);
    expect(silentAfter([pack([])]).get('gas')).toBe(15 * MINUTE);
  });
});

describe('the list beside the map', () => {
  const list = notNormal([
    state('calm'),
    state('silent', { unheard: 'silent' }),
    state('seen-red', { level: 1 }),
    state('new-yellow', { level: 3, unacked: true }),
    state('new-red', { level: 1, unacked: true }),
  ]);
  it('has what is not normal only: unacknowledged, then graver, then what is silent', () => {
    expect(list.map((s) => s.point.code)).toEqual(['new-red', 'new-yellow', 'seen-red', 'silent']);
  });
  it('is gone through with F, round and round, without what is only silent', () => {
    const order = ['new-red', 'new-yellow', 'seen-red', 'new-red'];
    let at: string | null = null;
    for (const code of order) {
      at = nextAlarm(list, at)?.point.code ?? null;
      expect(at).toBe(code);
    }
    expect(nextAlarm([], null)).toBeNull();
  });
});

describe('clusters', () => {
  const spot = (x: number, y: number, s: PointState) => ({ x, y, state: s });
  it('wear their worst level, stand where that one is, and lose nobody', () => {
    const spots = [
      spot(0, 0, state('a')),
      spot(5, 0, state('b', { level: 2, unacked: true })),
      spot(3, 3, state('c', { unheard: 'silent' })),
      spot(100, 0, state('d')),
    ];
    const clusters = clustersOf(spots, 10);
    expect(clusters).toHaveLength(2);
    expect(clusters[0]).toMatchObject({ x: 5, y: 0, notNormal: 2, unacked: true });
    expect(clusters[0]?.worst.point.code).toBe('b');
    expect(
      clusters
        .flatMap((c) => c.members)
        .map((m) => m.point.code)
        .sort(),
    ).toEqual(['a', 'b', 'c', 'd']);
  });
  it('are the same whatever the order of the points, and their centres stand apart', () => {
    let seed = 7;
    const random = (): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const spots = Array.from({ length: 2_000 }, (_, i) =>
      spot(random() * 1_000, random() * 1_000, state(`p${i}`, i % 50 === 0 ? { level: 1 } : {})),
    );
    const clusters = clustersOf(spots, 40);
    expect(clustersOf([...spots].reverse(), 40).map((c) => [c.x, c.y])).toEqual(
      clusters.map((c) => [c.x, c.y]),
    );
    expect(clusters.reduce((n, c) => n + c.members.length, 0)).toBe(2_000);
    const near: string[] = [];
    for (const [i, a] of clusters.entries())
      for (const b of clusters.slice(i + 1))
        if (Math.hypot(a.x - b.x, a.y - b.y) <= 40) near.push(`${a.worst.point.code} ${b.worst.point.code}`);
    expect(near).toEqual([]);
  });
});

describe('the outline of an area', () => {
  it('goes around all of its points with some air, and is closed, of one point too', () => {
    const places = [
      { lon: 118, lat: 31, crs: 'CGCS2000' },
      { lon: 118.01, lat: 31.02, crs: 'CGCS2000' },
      { lon: 118.005, lat: 31.01, crs: 'CGCS2000' },
    ] as const;
    for (const list of [places, places.slice(0, 1)]) {
      const ring = outlineOf(list, 0.001);
      expect(ring[0]).toEqual(ring[ring.length - 1]);
      expect(Math.min(...ring.map(([, lat]) => lat))).toBeCloseTo(30.999, 6);
      expect(Math.max(...ring.map(([lon]) => lon))).toBeGreaterThan(Math.max(...list.map((p) => p.lon)));
    }
    expect(outlineOf([], 0.001)).toEqual([]);
  });
});
