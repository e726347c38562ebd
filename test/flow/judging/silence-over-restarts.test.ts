import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { UNPLACED_AREA } from '../../../src/domain/register/register.ts';
import { days, hours, minutes, seconds } from '../../../src/domain/time.ts';
import { Listening } from '../../../src/flow/judging/listening.ts';
import type { Listened } from '../../../src/flow/ports/journal.ts';
import { ManualClock } from '../../memory/clock.ts';
import { FlowHarness } from '../flow-harness.ts';

/** The service runs for so long, with a look at the clock every minute at most. */
async function runs(w: FlowHarness, ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= minutes(1)) await w.pass(Math.min(left, minutes(1)));
}
/** It is stopped, or dies, and is started again some time later. */
async function again(
  w: FlowHarness,
  stopped: number,
  how: 'stopped' | 'killed' = 'stopped',
): Promise<FlowHarness> {
  if (how === 'stopped') await w.turn.tick('all');
  await w.turn.settle();
  w.clock.forward(stopped);
  return w.restart();
}
const silent = (w: FlowHarness, device: string) =>
  w.open(device).filter((a) => a.ruleId.endsWith('.silence'));

describe('a service that is restarted', () => {
  test.each(['stopped', 'killed'] as const)(
    'more often than a rule of silence is long still finds who has gone: %s',
    async (how) => {
      let w = await FlowHarness.begin();
      await w.value('gas', 'G1', 'ch4', 1);
      const limit = w.core.points.of(as.point('G1'))?.plan.silentAfter ?? 0;
      const life = minutes(limit) / 3;
      let ran = 0;
      for (let i = 0; i < 12 && silent(w, 'G1').length === 0; i++) {
        await runs(w, life);
        ran += life;
        if (silent(w, 'G1').length === 0) w = await again(w, seconds(20), how);
      }
      expect(silent(w, 'G1')).toHaveLength(1);
      expect(ran).toBeGreaterThanOrEqual(minutes(limit) - life);
      expect(ran).toBeLessThanOrEqual(minutes(limit) + life);
    },
  );

  test('after a stop of a week makes nobody silent, and misses who does not come back', async () => {
    let w = await FlowHarness.begin();
    for (let i = 0; i < 20; i++) await w.value('gas', `G${i}`, 'ch4', 1);
    const limit = minutes(w.core.points.of(as.point('G1'))?.plan.silentAfter ?? 0);
    await runs(w, minutes(5));
    w = await again(w, days(7));
    await runs(w, minutes(2));
    expect(w.open()).toEqual([]);
    for (let i = 1; i < 20; i++) await w.value('gas', `G${i}`, 'ch4', 1);
    await runs(w, limit - minutes(6));
    expect(w.open().map((a) => a.pointCode)).toEqual(['G0']);
  });

  test('gives devices a moment to come back before it calls them silent', async () => {
    let w = await FlowHarness.begin();
    await w.value('gas', 'G1', 'ch4', 1);
    const limit = minutes(w.core.points.of(as.point('G1'))?.plan.silentAfter ?? 0);
    await runs(w, limit - seconds(30));
    w = await again(w, minutes(1));
    await w.pass(seconds(40));
    expect(silent(w, 'G1')).toEqual([]);
    await w.pass(seconds(30));
    expect(silent(w, 'G1')).toHaveLength(1);
  });

  test('a silence that is told of stays so, and ends when something is heard', async () => {
    let w = await FlowHarness.begin();
    await w.value('gas', 'G1', 'ch4', 1);
    await runs(w, days(1));
    expect(silent(w, 'G1')).toHaveLength(1);
    for (const how of ['stopped', 'killed'] as const) {
      w = await again(w, hours(3), how);
      await runs(w, minutes(3));
      expect(silent(w, 'G1')[0]?.phase.is).toBe('active-unacked');
    }
    await w.value('gas', 'G1', 'ch4', 1);
    expect(silent(w, 'G1')[0]?.phase.is).toBe('returned-unacked');
  });

  test.each([minutes(1), hours(5), days(365)])(
    'with a clock set back by %i ms in between misses nobody for as long',
    async (back) => {
      let w = await FlowHarness.begin();
      await w.value('gas', 'G1', 'ch4', 1);
      const limit = minutes(w.core.points.of(as.point('G1'))?.plan.silentAfter ?? 0);
      await runs(w, limit / 2);
      await w.turn.tick('all');
      await w.turn.settle();
      w = await FlowHarness.begin({
        clock: new ManualClock(w.clock.now() - back),
        disk: w.disk,
        history: w.history,
      });
      await runs(w, limit / 4);
      w = await again(w, minutes(1));
      expect(silent(w, 'G1')).toEqual([]);
      await runs(w, limit / 4 + minutes(2));
      expect(silent(w, 'G1')).toHaveLength(1);
    },
  );

  test('a metric that stays away while others are heard is missed over restarts too', async () => {
    let w = await FlowHarness.begin();
    await w.telemetry('heating', 'H1', { values: { supplyTemp: 80, indoorTemp: 20 } });
    const rule = w.core.points.of(as.point('H1'))?.plan.silence.find((r) => r.metric !== null);
    const metric = rule?.metric as string;
    const point = w.core.points.of(as.point('H1'));
    if (point?.memory.series.has(as.metric(metric)) !== true) await w.value('heating', 'H1', metric, 1);
    const limit = rule?.steps[0]?.limit.is === 'above' ? minutes(rule.steps[0].limit.limit) : 0;
    expect(limit).toBeGreaterThan(0);
    const other = metric === 'battery' ? 'rssi' : 'battery';
    for (let ran = 0; ran <= limit * 1.4 && silent(w, 'H1').length === 0; ran += limit / 4) {
      await runs(w, limit / 4);
      await w.value('heating', 'H1', other, 50);
      if (silent(w, 'H1').length === 0) w = await again(w, minutes(1));
    }
    expect(silent(w, 'H1').map((a) => a.metric)).toEqual([metric]);
  });
});

describe('a point that never spoke', () => {
  const point = {
    code: as.point('N1'),
    name: 'N1',
    lifeline: as.lifeline('gas'),
    asset: null,
    area: UNPLACED_AREA.code,
    place: null,
    unverified: false,
    outOfService: null,
    attributes: {},
  };
  const device = {
    code: as.device('N1D'),
    lifeline: as.lifeline('gas'),
    point: point.code,
    vendor: null,
    serial: null,
    installedAt: null,
    unverified: false,
  };

  test('was never heard, and is silent after its limit from its registration on, over restarts', async () => {
    let w = await FlowHarness.begin();
    await w.change([{ kind: 'point', point }]);
    expect(w.core.points.of(point.code)?.memory.heardAt).toBe(0);
    const limit = minutes(w.core.points.of(point.code)?.plan.silentAfter ?? 0);
    await runs(w, limit / 2);
    w = await again(w, days(2));
    expect(w.core.points.of(point.code)?.memory.heardAt).toBe(0);
    await runs(w, limit / 2 - minutes(2));
    expect(silent(w, 'N1')).toEqual([]);
    await runs(w, minutes(3));
    expect(silent(w, 'N1')).toHaveLength(1);
    await w.change([{ kind: 'device', device }]);
    await w.value('gas', 'N1D', 'ch4', 1);
    expect(silent(w, 'N1')[0]?.phase.is).toBe('returned-unacked');
  });

  test('is awaited from the coming of its device on', async () => {
    const w = await FlowHarness.begin();
    await w.change([{ kind: 'point', point }]);
    const limit = minutes(w.core.points.of(point.code)?.plan.silentAfter ?? 0);
    await runs(w, limit - minutes(1));
    await w.change([{ kind: 'device', device }]);
    await runs(w, limit - minutes(1));
    expect(silent(w, 'N1')).toEqual([]);
    await runs(w, minutes(2));
    expect(silent(w, 'N1')).toHaveLength(1);
  });
});

describe('the time in which the service listened', () => {
  const lives = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 50_000 }), fc.integer({ min: 1, max: 100_000 })), {
      minLength: 1,
      maxLength: 300,
    })
    .map((list) => {
      let at = 1_000_000;
      return list.map(([stop, run]): Listened => {
        const from = at + stop;
        at = from + run;
        return { from, until: at };
      });
    });

  test('is what it was up, to the stops that are forgotten, and its list is bounded', () => {
    fc.assert(
      fc.property(lives, fc.nat({ max: 10_000_000 }), (list, heard) => {
        let kept: readonly Listened[] = [];
        for (const life of list) kept = new Listening(kept, life.from).upTo(life.until);
        expect(kept.length).toBeLessThanOrEqual(64);
        const end = list.at(-1)?.until ?? 0;
        const heardAt = Math.min(1_000_000 + heard, end);
        const truly = list.reduce((n, l) => n + Math.max(0, l.until - Math.max(l.from, heardAt)), 0);
        const told = end - new Listening(kept, end).silentSince(heardAt);
        expect(told).toBeGreaterThanOrEqual(truly);
        if (list.length <= 64) expect(told).toBe(truly);
        expect(told).toBeLessThanOrEqual(end - heardAt);
      }),
    );
  });
});
