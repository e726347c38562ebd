import { setImmediate as nextRound } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { as, type MetricKey, type PointCode } from '../../src/domain/ids.ts';
import { GOOD, type Reading } from '../../src/domain/reading.ts';
import { days, hours, type Millis, minutes } from '../../src/domain/time.ts';
import { ForecastDesk } from '../../src/flow/forecast/forecast-desk.ts';
import { PACKS } from '../../src/packs/index.ts';
import { aFlood } from '../domain/forecast/a-flood.ts';
import { FlowHarness, START } from './flow-harness.ts';

const SPOT = as.point('UNDERPASS-1');
const DEPTH = as.metric('depth');

/** A point with so many floods in its past, one every fifth day. */
async function withFloods(n: number, gauge?: { readonly at: PointCode; readonly metric: MetricKey }) {
  const w = await FlowHarness.begin();
  await w.value('waterlogging', SPOT, 'depth', 0);
  if (gauge !== undefined) await w.value('waterlogging', gauge.at, gauge.metric, 0);
  const past: Reading[] = [];
  const stock = (point: PointCode, metric: MetricKey, at: Millis, value: number): void => {
    past.push({ point, metric, value, quality: GOOD, observedAt: at, receivedAt: at, backfill: false });
  };
  for (let i = 0; i < n; i++) {
    const [peak, risesFor] = [14 + ((i * 7) % 30), 20 + ((i * 11) % 40)];
    const from = START - days(5 * (n - i));
    for (const [m, value] of aFlood(peak, risesFor).minutes.entries())
      stock(SPOT, DEPTH, from + minutes(m), value);
    // It rains from ten minutes before the water to ten before its peak, evenly: the more, the deeper.
    if (gauge !== undefined)
      for (let m = -10; m < risesFor - 10; m += 5)
        stock(gauge.at, gauge.metric, from + minutes(m), (peak / risesFor) * 5 * 0.6);
  }
  if (past.length > 0) await w.turn.stock(past);
  await w.stored(SPOT, DEPTH);
  if (gauge !== undefined) await w.stored(gauge.at, gauge.metric);
  let made = 0;
  const desk = new ForecastDesk({
    core: w.core,
    packs: PACKS,
    turn: w.turn,
    history: w.history,
    ids: { warning: () => as.warning(`W${++made}`) },
    clock: w.clock,
    log: w.log,
    breathe: () => nextRound(),
  });
  await desk.fit();
  /** One reading a minute; the desk hears what is durable, then looks. */
  const live = async (values: readonly number[]): Promise<void> => {
    for (const v of values) {
      const heard = w.records.length;
      await w.value('waterlogging', SPOT, 'depth', v);
      for (const record of w.records.slice(heard)) desk.heard(record);
      await desk.minute();
      await w.pass(minutes(1));
    }
  };
  return { w, desk, live };
}

const RISE = Array.from({ length: 12 }, (_, i) => 1 + i);

test('water that rises: when the limits will be passed, with range, sample size and skill', async () => {
  const { desk, live } = await withFloods(40);
  await live(RISE);
  const forecast = desk.of(SPOT);
  expect(forecast?.none).toBeNull();
  expect(forecast?.ahead.map((a) => a.horizon)).toEqual([10, 20, 30]);
  expect(forecast?.model).toMatchObject({ events: 40, pooled: false });
  expect(forecast?.model?.skills.find((s) => s.horizon === 10 && s.limit === 15)?.skill.csi).toBeGreaterThan(
    0.3,
  );
  const [first] = forecast?.reaches ?? [];
  expect(first).toMatchObject({ limit: 15, level: 2 });
  expect(first?.inMin).toBeLessThan(12);
  expect(desk.reaching().map((f) => f.point)).toEqual([SPOT]);
});

test('what is asked for goes by the newest reading, not by that of the minute', async () => {
  const { w, desk, live } = await withFloods(40);
  await live(RISE);
  const heard = w.records.length;
  await w.value('waterlogging', SPOT, 'depth', 26);
  for (const record of w.records.slice(heard)) desk.heard(record);
  const forecast = desk.of(SPOT);
  expect(forecast?.now).toBe(26);
  expect(forecast?.ahead[0]?.p50).toBeGreaterThan(20);
  expect(forecast?.reaches.map((r) => r.limit)).toEqual([27]);
});

test('fourteen floods here and anywhere: nothing is said, and why', async () => {
  const { desk, live } = await withFloods(14);
  await live(RISE);
  expect(desk.of(SPOT)).toMatchObject({ none: 'few-events', ahead: [], reaches: [] });
});

test('floods of other points of the kind are learnt from where its own are too few', async () => {
  const { desk, w } = await withFloods(40);
  await w.value('waterlogging', 'NEW-1', 'depth', 0);
  expect(desk.of(as.point('NEW-1'))?.model).toMatchObject({ pooled: true, events: 40 });
});

test('dry, silent, and no kind that is forecast', async () => {
  const { desk, live, w } = await withFloods(40);
  await live([0, 0]);
  expect(desk.of(SPOT)?.none).toBe('dry');
  await live([3]);
  await w.pass(hours(1));
  await desk.minute();
  expect(desk.of(SPOT)?.none).toBe('silent');
  await w.value('gas', 'WELL-1', 'ch4', 1);
  expect(desk.of(as.point('WELL-1'))).toBeNull();
});

test('what is said is kept, and held against what comes', async () => {
  const { w, desk, live } = await withFloods(40);
  const from = w.clock.now();
  await live([...RISE, ...Array.from({ length: 14 }, (_, i) => 13 + i)]);
  await w.stored(SPOT, DEPTH);
  const said = await desk.said(SPOT, from, w.clock.now() + 1);
  expect(said.filter((s) => s.horizon === minutes(10)).length).toBeGreaterThanOrEqual(25);
  const scored = desk.of(SPOT)?.scored.find((s) => s.horizon === 10 && s.limit === 15);
  expect(scored?.skill.n).toBeGreaterThan(3);
  expect(scored?.skill.pod).toBeGreaterThan(0.5);
  expect(desk.skill()[0]).toMatchObject({ lifeline: 'waterlogging', points: { own: 1, pooled: 0, none: 0 } });
});

test('it drafts one warning for a person to issue, and raises no alarm', async () => {
  const { w, desk, live } = await withFloods(40);
  await live([1, 2.5, 4, 5.5, 7, 8.5, 9.5]);
  expect(w.core.desk.open.size).toBe(0);
  const drafts = [...w.core.warnings.open.values()];
  expect(drafts).toHaveLength(1);
  expect(drafts[0]).toMatchObject({
    state: 'draft',
    level: 2,
    drafter: { kind: 'system' },
    lifeline: 'waterlogging',
  });
  expect(drafts[0]?.text).toMatch(/预计 \d+ 分钟/);
  expect(desk.of(SPOT)?.warning).toBe(drafts[0]?.id);
  await live([9.6, 9.7]);
  expect(w.core.warnings.open.size).toBe(1);
});

test('what was said is no newest value of the point, after a restart either', async () => {
  const { w, live } = await withFloods(40);
  await live(RISE);
  await w.stored(SPOT, DEPTH);
  const again = await w.restart();
  expect([...(again.core.points.of(SPOT)?.latest.keys() ?? [])]).toEqual(['depth']);
});

// Simulated rain and water: this is the code, and no skill.
const RAIN = as.metric('rain');

test('with a gauge at the place, the rain that has fallen is asked as well: more of it, more water', async () => {
  const { w, desk, live } = await withFloods(40, { at: SPOT, metric: RAIN });
  await live(RISE.slice(0, 6));
  expect(desk.of(SPOT)).toMatchObject({
    model: { method: 'trend-and-rain', events: 40 },
    rain: { gauge: SPOT },
  });
  const dry = desk.of(SPOT)?.ahead[1]?.p50 ?? Number.NaN;
  const heard = w.records.length;
  await w.value('waterlogging', SPOT, 'rain', 8);
  for (const record of w.records.slice(heard)) desk.heard(record);
  // The water goes on as it did; only the rain is new.
  await live([7]);
  const wet = desk.of(SPOT);
  expect((wet?.ahead[1]?.p50 ?? 0) - 7).toBeGreaterThan(dry - 6);
  expect(wet?.rain).toMatchObject({ fell: 8, toCome: null });
  expect(wet?.rain?.peak?.events).toBe(40);
  expect(wet?.rain?.peak?.p50).toBeGreaterThanOrEqual(wet?.rain?.peak?.p10 ?? Number.NaN);
  expect(w.core.desk.open.size).toBe(0);
});

test('rain that a service forecasts is asked only while it is fresh, and the method says so', async () => {
  const { w, desk, live } = await withFloods(40, { at: SPOT, metric: RAIN });
  const heard = w.records.length;
  await w.value('waterlogging', SPOT, 'rainNext30m', 12);
  for (const record of w.records.slice(heard)) desk.heard(record);
  await live(RISE.slice(0, 6));
  const said = desk.of(SPOT);
  expect(said?.rain?.toCome).toBe(12);
  // Where what is to come says more than what has fallen; where it does not, it is not asked.
  expect(['trend-and-forecast-rain', 'trend-and-rain']).toContain(said?.model?.method);
  await w.pass(minutes(35));
  await live([7]);
  expect(desk.of(SPOT)?.rain?.toCome).toBeNull();
  expect(desk.of(SPOT)?.model?.method).not.toBe('trend-and-forecast-rain');
});

test('a gauge that nobody has placed near, and one that has gone silent, are not asked', async () => {
  const { w, desk, live } = await withFloods(40, { at: as.point('RAIN-9'), metric: RAIN });
  await live(RISE.slice(0, 6));
  expect(desk.of(SPOT)).toMatchObject({ none: null, model: { method: 'trend' }, rain: null });
  const own = await withFloods(40, { at: SPOT, metric: as.metric('rain1h') });
  await own.live([2]);
  await own.w.pass(hours(2));
  await own.live([2.5]);
  expect(own.desk.of(SPOT)).toMatchObject({ none: null, model: { method: 'trend' }, rain: null });
  expect(w.core.desk.open.size).toBe(0);
});
