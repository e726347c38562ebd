import { describe, expect, test } from 'vitest';
import { as } from '../../../src/domain/ids.ts';
import { FaultCodes } from '../../../src/domain/judge/fault-codes.ts';
import { type Before, doubtedBy, judgeQuality, judgeSamples } from '../../../src/domain/judge/quality.ts';
import type { Metric } from '../../../src/domain/metric.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';

const SOURCE = { mark: 'D', ref: 'made up for a test' } as const;
const temp: Metric = {
  key: as.metric('temp'),
  name: { zh: '温度', en: 'temperature' },
  unit: '℃',
  kind: 'number',
  range: { min: -40, max: 80, source: SOURCE },
  sentinels: [9999, -9999, 65535],
  expectedInterval: minutes(5),
  maxChangePerMinute: { value: 5, source: SOURCE },
};
const flag: Metric = {
  key: as.metric('open'),
  name: { zh: '开盖', en: 'open' },
  unit: '',
  kind: 'flag',
  sentinels: [255],
  expectedInterval: minutes(5),
};
const { range: _, maxChangePerMinute: __, ...boundless } = temp;

const TWENTY_DIGITS = JSON.parse('12345678901234567890') as number;

const bad = (why: string) => ({ grade: 'bad', why });
const good = { grade: 'good' };
const codes = (m: Metric) => new FaultCodes(m, []);
const grade = (m: Metric, raw: number | null) => judgeQuality(m, codes(m), raw, undefined, 0);

describe('what is no measurement becomes bad, never a number', () => {
  test.each([null, Number.NaN, Infinity, -Infinity])('%s', (raw) => {
    expect(grade(temp, raw)).toEqual({ value: null, quality: bad('not-a-number') });
  });

  test.each([9999, -9999, 65535])("the device's own fault value %s", (raw) => {
    expect(grade(temp, raw)).toEqual({ value: null, quality: bad('sentinel') });
  });

  test('a sentinel is known as such even inside the physical range', () => {
    const force: Metric = { ...temp, range: { min: 0, max: 20_000, source: SOURCE } };
    expect(grade(force, 9999).quality).toEqual(bad('sentinel'));
    expect(grade(force, 9998.9).quality).toEqual(good);
  });
});

describe('what is out of range is kept and not believed', () => {
  test.each([80.1, -40.1, 1e308, -1e308, TWENTY_DIGITS])('%s', (raw) => {
    expect(grade(temp, raw)).toEqual({ value: raw, quality: bad('out-of-range') });
  });

  test('both ends of the range are inside', () => {
    expect(grade(temp, 80).quality).toEqual(good);
    expect(grade(temp, -40).quality).toEqual(good);
  });

  test('even where nobody gave a range, a number beyond exact integers is none', () => {
    expect(grade(boundless, TWENTY_DIGITS).quality).toEqual(bad('out-of-range'));
    expect(grade(boundless, 1e15).quality).toEqual(good);
  });

  test('a flag is 0 or 1', () => {
    expect(grade(flag, 0).quality).toEqual(good);
    expect(grade(flag, 1).quality).toEqual(good);
    expect(grade(flag, 2)).toEqual({ value: 2, quality: bad('out-of-range') });
    expect(grade(flag, 0.5).quality).toEqual(bad('out-of-range'));
    expect(grade(flag, 255).quality).toEqual(bad('sentinel'));
  });

  test('minus zero is zero', () => {
    expect(Object.is(grade(temp, -0).value, 0)).toBe(true);
    expect(Object.is(grade(flag, -0).value, 0)).toBe(true);
  });
});

/** Runs a series as the flow does: only good values become `value`, a jump becomes `doubted`. */
function grades(metric: Metric, samples: readonly (readonly [at: number, raw: number])[]): string[] {
  let memory: Before | undefined;
  return samples.map(([at, raw]) => {
    const { value, quality } = judgeQuality(metric, codes(metric), raw, memory, at);
    memory = {
      value: quality.grade === 'good' ? value : (memory?.value ?? null),
      valueAt: quality.grade === 'good' ? at : (memory?.valueAt ?? null),
      doubted: doubtedBy(value, quality, at),
    };
    return quality.grade;
  });
}

describe('an impossible jump', () => {
  test('is doubtful, and the value after it is judged against the last good one', () => {
    expect(
      grades(temp, [
        [0, 20],
        [minutes(1), 60],
        [minutes(2), 20.5],
      ]),
    ).toEqual(['good', 'doubtful', 'good']);
  });

  test('is believed when the second sample agrees: a true rise is hidden for one sample', () => {
    expect(
      grades(temp, [
        [0, 20],
        [minutes(1), 60],
        [minutes(2), 61],
        [minutes(3), 62],
      ]),
    ).toEqual(['good', 'doubtful', 'good', 'good']);
  });

  test('is not believed because the same sample came twice', () => {
    expect(
      grades(temp, [
        [0, 20],
        [minutes(1), 60],
        [minutes(1), 60],
      ]),
    ).toEqual(['good', 'doubtful', 'doubtful']);
  });

  test('two spikes that disagree stay doubtful', () => {
    expect(
      grades(temp, [
        [0, 20],
        [minutes(1), 60],
        [minutes(2), -20],
        [minutes(3), 70],
      ]),
    ).toEqual(['good', 'doubtful', 'doubtful', 'doubtful']);
  });

  test('is no jump where there was time enough for it', () => {
    expect(
      grades(temp, [
        [0, 20],
        [minutes(8), 60],
      ]),
    ).toEqual(['good', 'good']);
    expect(
      grades(temp, [
        [0, 20],
        [minutes(7), 60],
      ]),
    ).toEqual(['good', 'doubtful']);
  });

  test('recovers by time alone, so that nobody who forgets what was doubted hides a metric for ever', () => {
    const before: Before = { value: 20, valueAt: 0 };
    expect(judgeQuality(temp, codes(temp), 60, before, minutes(8)).quality).toEqual(good);
  });

  test('noise of a fast sensor is no jump', () => {
    expect(
      grades(temp, [
        [0, 20],
        [seconds(0.05), 24],
        [seconds(0.1), 19.5],
      ]),
    ).toEqual(['good', 'good', 'good']);
  });

  test('is not looked for where the metric names no limit: gas and water may be that fast', () => {
    const { maxChangePerMinute: ___, ...ch4 } = temp;
    expect(
      grades(ch4, [
        [0, 0],
        [1, 60],
      ]),
    ).toEqual(['good', 'good']);
  });

  test('is not looked for before anything good is known', () => {
    const nothingGood: Before = { value: null, valueAt: null };
    expect(judgeQuality(temp, codes(temp), 60, nothingGood, 1).quality).toEqual(good);
  });
});

describe('samples of a waveform', () => {
  test('what is no measurement is taken out, the rest stays where it was', () => {
    expect(judgeSamples(temp, codes(temp), [1, 9999, null, Number.NaN, 81, -40, 1e308])).toEqual([
      1,
      null,
      null,
      null,
      null,
      -40,
      null,
    ]);
  });

  test('a clean frame is the same object', () => {
    const samples = [1, 2, null, 3];
    expect(judgeSamples(temp, codes(temp), samples)).toBe(samples);
  });
});
