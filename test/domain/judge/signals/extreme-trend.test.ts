import { describe, expect, test } from 'vitest';
import { days, hours, minutes } from '../../../../src/domain/time.ts';
import { above, rule, step } from '../rules.ts';
import { levelsOf, run } from '../series.ts';

describe("the point's own historical extreme", () => {
  const strain = rule({ of: 'extreme', side: 'either', learnFor: minutes(10) }, step(3, above(0.1)));

  test('what was seen while learning is known, what lies beyond it is an alarm', () => {
    expect(levelsOf(strain, '0 50 -50 0×8 49 50 51 -51')).toEqual([...Array(13).fill(null), 3, 3]);
  });

  test('an excursion is an excursion until it is over, and only then the new extreme', () => {
    expect(levelsOf(strain, '0 50 -50 0×8 60 60 58 40 59 61')).toEqual([
      ...Array(11).fill(null),
      3,
      3,
      3,
      null,
      null,
      3,
    ]);
  });

  test('one side may be all that matters', () => {
    const high = rule({ of: 'extreme', side: 'max', learnFor: minutes(5) }, step(3, above(0.1)));
    expect(levelsOf(high, '0 10×6 -90 11').slice(-2)).toEqual([null, 3]);
    const low = rule({ of: 'extreme', side: 'min', learnFor: minutes(5) }, step(3, above(0.1)));
    expect(levelsOf(low, '0 10×6 90 -1').slice(-2)).toEqual([null, 3]);
  });
});

describe('divergence', () => {
  const growing = rule(
    { of: 'trend', stat: 'peakToPeak', window: minutes(10), going: 'up', by: 0.01 },
    step(1, above(3)),
  );
  const swing = (...amplitudes: number[]) =>
    amplitudes.map((a) => Array.from({ length: 10 }, (_, i) => (i % 2 ? a : -a)).join(' ')).join(' ');

  test('an amplitude that grows over three windows is an alarm, over two it is not', () => {
    expect(levelsOf(growing, swing(0.1, 0.2, 0.3, 0.3)).every((l) => l === null)).toBe(true);
    expect(levelsOf(growing, swing(0.1, 0.2, 0.3, 0.4, 0.4)).some((l) => l === 1)).toBe(true);
  });

  test('it is unknown until a window has closed', () => {
    expect(run(growing, swing(0.1)).every((j) => j.signal === null)).toBe(true);
  });

  test('growing by less than asked for is noise', () => {
    expect(levelsOf(growing, swing(0.1, 0.102, 0.104, 0.106, 0.108)).every((l) => l === null)).toBe(true);
  });

  test('a window without data breaks the run', () => {
    expect(
      levelsOf(growing, `${swing(0.1, 0.2, 0.3)} _×10 ${swing(0.4, 0.5)} 0`).every((l) => l === null),
    ).toBe(true);
  });

  test('a girder that sags a little more every day', () => {
    const sag = rule(
      { of: 'trend', stat: 'mean', window: days(1), going: 'down', by: 0.5 },
      step(1, above(5)),
    );
    const daily = (perDay: number) =>
      Array.from({ length: 24 * 8 }, (_, i) => -(Math.floor(i / 24) * perDay));
    expect(levelsOf(sag, daily(1).join(' '), hours(1)).at(-1)).toBe(1);
    expect(levelsOf(sag, daily(0.1).join(' '), hours(1)).at(-1)).toBeNull();
  });
});
