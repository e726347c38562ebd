import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordingsOf } from '../../../simulators/replay/index.ts';
import { play, type Recorded, type Recording } from '../../../simulators/replay/recording.ts';
import { as } from '../../../src/domain/ids.ts';
import type { Pack } from '../../../src/domain/pack.ts';
import type { Rule, Signal, Step } from '../../../src/domain/rule.ts';
import { minutes } from '../../../src/domain/time.ts';
import { packOf } from '../../../src/packs/index.ts';
import { checked } from '../../../src/packs/language/schema.ts';
import type { AlarmJson } from '../../../src/wire/alarm.ts';
import { above, outside, rule, step } from '../../domain/judge/rules.ts';
import { VirtualService } from '../../simulators/virtual-service.ts';

// Real methane releases and the strain of a real bridge, through MQTT, decode, turn, rules, desk and journal. The rules are
// of this test: they show what a baseline can tell, not what the packs ship.

const DATA = join(import.meta.dirname, '../../../../shared/data');
const THERE = existsSync(join(DATA, 'chilbolton')) && existsSync(join(DATA, 'munich-bridge'));
if (!THERE) console.warn(`\n*** SKIPPED: the real recordings are not there (${DATA}) ***\n`);

const START = Date.parse('2026-04-01T00:00:00Z');
const PPMV = 20 / 10_000; // %LEL

const ruled = (lifeline: string, metric: string, unit: string, signal: Signal, s: Step): Rule => ({
  ...rule(signal, s),
  lifeline: as.lifeline(lifeline),
  metric: as.metric(metric),
  id: as.rule(`${lifeline}.${metric}.recorded`),
  unit,
});

function withRule(lifeline: string, more: Rule): Pack {
  const pack = packOf(lifeline) as Pack;
  return checked({ ...pack, rules: [...pack.rules, more] });
}

/** Half a ppmv over the lower quartile of the last half hour, in the mean of a minute. */
const RELEASE = ruled(
  'gas',
  'ch4',
  '%LEL',
  {
    of: 'deviation',
    from: { is: 'learned', quantile: 0.25, over: minutes(30), window: 'rolling' },
    as: 'difference',
    smoothedBy: minutes(1),
  },
  step(3, above(0.5 * PPMV), { deadband: 0.3 * PPMV, offDelay: minutes(3) }),
);

const MEAN = 'strainDyn.mean.1m';
/** 50 µε off the mean of the first eight minutes that the gauge was watched. */
const MOVED = ruled(
  'bridge',
  MEAN,
  'µε',
  {
    of: 'deviation',
    from: { is: 'learned', quantile: 0.5, over: minutes(8), window: 'first' },
    as: 'difference',
  },
  step(2, outside(-50, 50), { deadband: 10 }),
);

const read = (file: string): Recording => {
  const [first] = recordingsOf(readFileSync(join(DATA, file)), file.replace(/.*\//, ''));
  if (first === undefined) throw new Error(`${file} holds no recording`);
  return first;
};

/** Recordings of one instrument one after another, on one point. */
function inTurn(
  device: string,
  parts: readonly (readonly [atMinute: number, recording: Recording])[],
): Recording {
  const [[, first]] = parts as [readonly [number, Recording]];
  return {
    ...first,
    device,
    name: device,
    readings: function* (): Generator<Recorded, void> {
      for (const [atMinute, part] of parts) {
        const from = minutes(atMinute);
        for (const r of { [Symbol.iterator]: () => part.readings() }) {
          const atMs = from + r.atMs;
          if ('values' in r) yield { ...r, atMs };
          else yield { atMs, wave: { ...r.wave, t0Ms: from + r.wave.t0Ms } };
        }
      }
    },
  };
}

const minuteOf = (iso: string | undefined): number => (Date.parse(iso ?? '') - START) / minutes(1);

describe.skipIf(!THERE)('real recordings, judged against a baseline', () => {
  let service: VirtualService;
  let alarms: AlarmJson[] = [];
  let soFar: AlarmJson[] = [];
  /** Release 3 begins with 12 min of background; release 2 was recorded from its midst, and follows. */
  const SECOND = 100;

  beforeAll(async () => {
    service = await VirtualService.begin(START, {
      packs: [withRule('gas', RELEASE), withRule('bridge', MOVED)],
    });
    const beams = [1, 2, 3].map((beam) =>
      inTurn(`BEAM-${beam}`, [
        [0, read(`chilbolton/2017-05-09-rel03-pos${beam}.txt`)],
        [SECOND, read(`chilbolton/2017-05-09-rel02-pos${beam}.txt`)],
      ]),
    );
    const gauge = inTurn('GAUGE', [
      [0, read('munich-bridge/reference-strain-100Hz.csv.zip')],
      [12, read('munich-bridge/support-lowering-strain-100Hz.csv.zip')],
    ]);
    const events = [...play([...beams, gauge], { scale: { start: START, speed: 1 }, qos: 1, until: 1e12 })];
    const middle = events.findIndex((e) => e.atMs >= minutes(95));
    await service.play(events.slice(0, middle), minutes(95));
    soFar = ofThisTest(await service.alarms());
    // Seen by somebody: the second release is an occurrence of its own then.
    for (const alarm of soFar) await service.acknowledge(alarm);
    await service.play(events.slice(middle), minutes(140));
    alarms = ofThisTest(await service.alarms());
  }, 240_000);
  afterAll(() => service?.stop());

  const ofThisTest = (list: readonly AlarmJson[]) => list.filter((a) => a.ruleId.endsWith('.recorded'));
  const of = (point: string) =>
    alarms.filter((a) => a.pointCode === point).sort((a, b) => (a.observedAt < b.observedAt ? -1 : 1));

  it.each(['BEAM-1', 'BEAM-2', 'BEAM-3'])('%s finds each release, and the background is silent', (beam) => {
    const found = of(beam);
    console.info(
      `${beam}: ${found
        .map((a) => {
          const [from, to] = [minuteOf(a.observedAt), minuteOf(a.returnedAt)];
          const worst = ((a.worst.value ?? 0) / PPMV).toFixed(1);
          return `min ${from.toFixed(1)}–${to.toFixed(1)}, worst +${worst} ppmv, ${a.recurrences} recurrences`;
        })
        .join('; ')}`,
    );
    expect(found).toHaveLength(2);
    const [third, second] = found;
    // The record's background: minutes 0–11 and from minute 79 of release 3, from minute 23 of release 2.
    expect(minuteOf(third?.observedAt)).toBeGreaterThan(11);
    expect(minuteOf(third?.observedAt)).toBeLessThan(16);
    expect(minuteOf(third?.returnedAt)).toBeLessThan(82);
    expect(minuteOf(second?.observedAt)).toBeGreaterThan(SECOND - 1);
    expect(minuteOf(second?.observedAt)).toBeLessThan(SECOND + 2);
    expect(minuteOf(second?.returnedAt)).toBeLessThan(SECOND + 25);
  });

  it('tells the lowered support from the reference state, and the reference state from nothing', () => {
    const [moved, ...more] = of('GAUGE');
    console.info(
      `GAUGE: lowered at min 12, alarm at min ${minuteOf(moved?.observedAt).toFixed(1)}, ${moved?.trigger.value?.toFixed(0)} µε off the reference state`,
    );
    expect(more).toEqual([]);
    expect(minuteOf(moved?.observedAt)).toBeGreaterThan(12);
    expect(minuteOf(moved?.observedAt)).toBeLessThan(14.1);
    expect(moved?.trigger.value).toBeGreaterThan(150);
  });
});
