import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  airingSign,
  dayCurveSign,
  ethaneSign,
  neighbourSign,
  pipeSign,
  riseSign,
  SIGNS,
  type Sign,
  temperatureSign,
  WEIGHTS,
  wellSign,
} from '../../../src/domain/leak-or-biogas/signs.ts';
import { weighed } from '../../../src/domain/leak-or-biogas/weigh.ts';
import { hours, minutes } from '../../../src/domain/time.ts';

const every = (ms: number, n: number, of: (i: number) => number) =>
  Array.from({ length: n }, (_, i) => ({ at: i * ms, value: of(i) }));

describe('signs', () => {
  test.each([
    [{ methane: 10_000, ethane: 400 }, 1],
    [{ methane: 10_000, ethane: 30 }, 0],
    [{ methane: 10_000, ethane: 2 }, -1],
  ])('ethane %j: %d', (ppm, towards) => {
    expect(ethaneSign(ppm)?.towards).toBe(towards);
  });
  test('with little methane its ethane says nothing', () => {
    expect(ethaneSign({ methane: 2_000, ethane: 0 })).toBeNull();
  });

  test('a rise of minutes that stays speaks for a pipe, one of half a day for biogas', () => {
    expect(riseSign(every(minutes(5), 100, (i) => (i < 50 ? 1 : 30)))).toMatchObject({ towards: 1, seen: 0 });
    expect(riseSign(every(minutes(30), 48, (i) => i / 2))).toMatchObject({ towards: -1 });
    expect(riseSign(every(minutes(5), 100, (i) => (i === 50 ? 30 : 1)))).toMatchObject({ towards: 0 });
    expect(riseSign(every(minutes(5), 100, () => 30))).toBeNull();
    expect(riseSign([])).toBeNull();
  });

  test('what comes back at the same hour each day speaks for biogas, what knows no hour a little for a pipe', () => {
    const daily = every(hours(1), 14 * 24, (i) => 10 + 5 * Math.sin((2 * Math.PI * i) / 24));
    expect(dayCurveSign(daily)).toMatchObject({ towards: -1 });
    const any = every(hours(1), 14 * 24, (i) => ((i * 7_919) % 31) + i / 50);
    expect(dayCurveSign(any)).toMatchObject({ towards: 0.5 });
    expect(dayCurveSign(daily.slice(0, 72))).toBeNull();
    expect(dayCurveSign(every(hours(1), 14 * 24, () => 0))).toBeNull();
  });

  test('what swells with the warmth speaks for biogas', () => {
    const warm = every(hours(1), 14 * 24, (i) => 15 + 6 * Math.sin((2 * Math.PI * i) / 24));
    const swelling = warm.map((s) => ({ ...s, value: 2 * s.value + (s.at % 3) }));
    expect(temperatureSign(swelling, warm)).toMatchObject({ towards: -1 });
    const not = warm.map((s, i) => ({ ...s, value: (i * 7_919) % 31 }));
    expect(temperatureSign(not, warm)).toMatchObject({ towards: 0 });
    expect(temperatureSign(swelling, warm.slice(0, 20))).toBeNull();
  });

  test('gas at a neighbour speaks for a pipe, none for the well; without neighbours nobody knows', () => {
    expect(neighbourSign(40, [0, 1, 6])).toMatchObject({ towards: 1, seen: 1 });
    expect(neighbourSign(40, [0, 1, 3])).toMatchObject({ towards: -0.5, seen: 0 });
    expect(neighbourSign(40, [])).toBeNull();
  });

  test('back within the hour after airing: a pipe; not back in a day: biogas; too early: nobody knows', () => {
    const aired = (back: number, n = 400) =>
      every(minutes(15), n, (i) => (i < 100 || i >= 100 + back ? 30 : 1));
    expect(airingSign(aired(4))).toMatchObject({ towards: 1, seen: 1 });
    expect(airingSign(aired(40))).toMatchObject({ towards: 0 });
    expect(airingSign(aired(1_000))).toMatchObject({ towards: -1, seen: -1 });
    expect(airingSign(aired(1_000, 120))).toBeNull();
    expect(airingSign(every(minutes(15), 200, () => 30))).toBeNull();
  });

  test('what the register knows of the place', () => {
    expect([pipeSign(3)?.towards, pipeSign(12)?.towards, pipeSign(50)?.towards]).toEqual([1, 0, -1]);
    expect([pipeSign(null), pipeSign(Number.NaN), wellSign(null), wellSign(' ')]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect([
      wellSign('污水检查井')?.towards,
      wellSign('燃气阀门井')?.towards,
      wellSign('电力井')?.towards,
    ]).toEqual([-1, 1, 0]);
  });
});

describe('weighed', () => {
  const sign = (kind: Sign['sign'], towards: number): Sign => ({ sign: kind, towards, seen: 0 });

  test('nothing seen leans nowhere, and all that is missing is named', () => {
    expect(weighed(SIGNS.map(() => null))).toEqual({
      leans: 'unclear',
      score: 0,
      of: 0,
      signs: [],
      missing: [...SIGNS],
    });
  });
  test('ethane alone tells; one weak sign alone does not', () => {
    expect(weighed([sign('ethane', 1)]).leans).toBe('pipe-gas');
    expect(weighed([sign('ethane', -1)]).leans).toBe('biogas');
    expect(weighed([sign('neighbours', 1)]).leans).toBe('unclear');
    expect(weighed([sign('neighbours', 1), sign('rise', 1)]).leans).toBe('pipe-gas');
    expect(weighed([sign('day-curve', -1), sign('well', -1)]).leans).toBe('biogas');
  });
  test('one more sign towards the pipe never leans it towards biogas', () => {
    const some = fc.array(
      fc.record({
        sign: fc.constantFrom(...SIGNS),
        towards: fc.double({ min: -1, max: 1, noNaN: true }),
        seen: fc.constant(0),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(some, fc.constantFrom(...SIGNS), (signs, kind) => {
        const before = weighed(signs);
        const after = weighed([...signs, sign(kind, 1)]);
        expect(after.score).toBeCloseTo(before.score + WEIGHTS[kind], 9);
        if (before.leans === 'pipe-gas') expect(after.leans).toBe('pipe-gas');
        expect(after.leans === 'biogas' && before.leans !== 'biogas').toBe(false);
      }),
    );
  });
});
