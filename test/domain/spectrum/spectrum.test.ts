import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { courseOf } from '../../../src/domain/spectrum/course.ts';
import { fft } from '../../../src/domain/spectrum/fft.ts';
import { cableForce, modesOf } from '../../../src/domain/spectrum/modes.ts';
import { stretchesOf } from '../../../src/domain/spectrum/stretches.ts';
import { type Spectrum, welch } from '../../../src/domain/spectrum/welch.ts';
import { channelOf } from '../../truth/munich.ts';

/** Evenly spread in -0.5 … 0.5, the same each time. */
function noise(seed: number): () => number {
  let x = seed;
  return () => {
    x = (x * 1_103_515_245 + 12_345) % 2_147_483_648;
    return x / 2_147_483_648 - 0.5;
  };
}
const HZ = 100;
const signal = (seconds: number, of: (t: number) => number): number[] =>
  Array.from({ length: seconds * HZ }, (_, i) => of(i / HZ));
const framesOf = (samples: readonly (number | null)[], at = 0) =>
  Array.from({ length: Math.ceil(samples.length / 1_000) }, (_, k) => ({
    t0: at + k * 10_000,
    dt: 10,
    samples: samples.slice(k * 1_000, (k + 1) * 1_000),
  }));
function spectrumOf(samples: readonly (number | null)[]): Spectrum | null {
  const steps = welch(stretchesOf(framesOf(samples)));
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

test('a transform is the sum that defines it', () => {
  const random = noise(7);
  const x = Array.from({ length: 32 }, random);
  const [re, im] = [Float64Array.from(x), new Float64Array(32)];
  fft(re, im);
  for (let k = 0; k < 32; k++) {
    let [r, i] = [0, 0];
    for (const [n, v] of x.entries()) {
      r += v * Math.cos((2 * Math.PI * k * n) / 32);
      i -= v * Math.sin((2 * Math.PI * k * n) / 32);
    }
    expect(re[k]).toBeCloseTo(r, 10);
    expect(im[k]).toBeCloseTo(i, 10);
  }
});

test('the density adds up to the variance', () => {
  const random = noise(3);
  const samples = signal(600, () => 5 + random());
  const s = spectrumOf(samples) as Spectrum;
  const power = s.density.reduce((sum, d) => sum + d * s.step, 0);
  expect(power).toBeGreaterThan(0.95 / 12);
  expect(power).toBeLessThan(1.05 / 12);
});

test('modes between the steps of the grid are told to a hundredth of a hertz, and the spread covers them', () => {
  const random = noise(11);
  const samples = signal(
    600,
    (t) => 0.3 * Math.sin(2 * Math.PI * 2.437 * t) + 0.1 * Math.sin(2 * Math.PI * 7.113 * t + 1) + random(),
  );
  const modes = modesOf(spectrumOf(samples) as Spectrum);
  expect(modes).toHaveLength(2);
  for (const [i, hz] of [2.437, 7.113].entries()) {
    expect(Math.abs((modes[i]?.hz ?? 0) - hz)).toBeLessThan(0.01);
    expect(Math.abs((modes[i]?.hz ?? 0) - hz)).toBeLessThan(3 * (modes[i]?.spread ?? 0));
  }
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('noise alone has no mode (%i)', (seed) => {
  const random = noise(seed);
  expect(modesOf(spectrumOf(signal(600, random)) as Spectrum)).toEqual([]);
});

test('a gap is no part of the signal, and too short a stretch says nothing', () => {
  const whole = signal(120, (t) => Math.sin(2 * Math.PI * 3 * t));
  const holed = whole.map((x, i) => (i % 3_000 === 2_999 ? null : x));
  expect(stretchesOf(framesOf(holed)).map((s) => s.samples.length)).toEqual([2_999, 2_999, 2_999, 2_999]);
  expect(modesOf(spectrumOf(holed) as Spectrum)[0]?.hz).toBeCloseTo(3, 2);
  expect(spectrumOf(whole.slice(0, 500))).toBeNull();
  const late = [...framesOf(whole.slice(0, 2_000)), ...framesOf(whole.slice(2_000, 4_000), 20_400)];
  expect(stretchesOf(late).map((s) => s.samples.length)).toEqual([2_000, 2_000]);
});

test('the force of a cable by its first mode', () => {
  // A stay of 100 m and 50 kg/m at 1 Hz: 4 · 50 · 100² · 1² N.
  const { kN, spread } = cableForce({ hz: 1, spread: 0.01 }, { length: 100, mass: 50 });
  expect(kN).toBeCloseTo(2_000, 6);
  expect(spread).toBeCloseTo(40, 6);
});

const looksAt = (minutes: readonly (readonly number[])[]) =>
  minutes.map((samples, i) => ({ at: i, modes: modesOf(spectrumOf(samples) as Spectrum) }));

test('a frequency is followed over looks: it stays, or has moved by more than it is uncertain', () => {
  const random = noise(5);
  const at = (hz: number) =>
    signal(120, (t) => 0.3 * Math.sin(2 * Math.PI * hz * t) + 0.2 * Math.sin(2 * Math.PI * 9 * t) + random());
  const stays = courseOf(looksAt([2, 2, 2, 2, 2, 2].map(at)));
  expect(stays?.looks.every((l) => l.mode !== null)).toBe(true);
  expect(stays?.change?.says).toBe('stays');
  // The 9 Hz stay, and stand out as often: what stands out furthest is followed.
  const moved = courseOf(looksAt([2, 2, 2, 1.92, 1.92, 1.92].map(at)));
  expect(moved?.change?.percent).toBeCloseTo(-4, 0);
  expect(moved?.change?.says).toBe('beyond');
  expect(courseOf([{ at: 0, modes: [] }])).toBeNull();
});

const DIR = join(import.meta.dirname, '../../../../shared/data/munich-bridge');
test.skipIf(!existsSync(DIR))(
  'the test bridge swings at the same frequencies in either half of its recording (needs ../shared/data)',
  () => {
    const { samples } = channelOf(
      DIR,
      'load-01-acceleration-strain-force-inclination-100Hz.csv.zip',
      'ACC01_z',
    );
    const values = samples.map((s) => s.value);
    const half = Math.floor(values.length / 2);
    const [all, first, second] = [values, values.slice(0, half), values.slice(half)].map((v) =>
      modesOf(spectrumOf(v) as Spectrum),
    );
    // Nobody has said what its modes are: what must hold is that time does not change them while nothing is done to it.
    expect(all?.map((m) => Math.round(m.hz))).toEqual([11, 16, 25]);
    for (const mode of second ?? []) {
      const before = first?.find((m) => Math.abs(m.hz - mode.hz) < 1);
      expect(Math.abs((before?.hz ?? 0) - mode.hz)).toBeLessThan(
        3 * Math.hypot(before?.spread ?? 0, mode.spread),
      );
    }
    expect(second).not.toEqual([]);
    // Four looks of three minutes: three see it where it was, and so few do not tell whether it moved.
    const parts = Array.from({ length: 4 }, (_, i) => values.slice(i * 18_000, (i + 1) * 18_000));
    const course = courseOf(looksAt(parts));
    const seen = course?.looks.flatMap((l) => (l.mode === null ? [] : [l.mode])) ?? [];
    expect(seen.map((m) => m.hz.toFixed(1))).toEqual(['16.3', '16.3', '16.3']);
    expect(course?.change).toBeNull();
  },
);
