import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addFrame, type Features } from '../../../src/domain/judge/features.ts';
import type { WindowMemory } from '../../../src/domain/judge/memory.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';

const MIN = minutes(1);

describe('features of a waveform', () => {
  test('a window closes when a sample at its end arrives, with the five statistics', () => {
    const first = addFrame(undefined, { observedAt: 0, dt: seconds(15), samples: [1, -2, 3, 4] }, MIN);
    expect(first.closed).toEqual([]);
    const second = addFrame(first.window, { observedAt: MIN, dt: seconds(15), samples: [9] }, MIN);
    expect(second.closed).toEqual([
      { endsAt: MIN, n: 4, min: -2, max: 4, mean: 1.5, rms: Math.sqrt(30 / 4), peakToPeak: 6 },
    ]);
    expect(second.window).toEqual({ startsAt: MIN, n: 1, sum: 9, sumOfSquares: 81, min: 9, max: 9 });
  });

  test('windows stand on multiples of their length, wherever a frame begins', () => {
    const { closed, window } = addFrame(
      undefined,
      { observedAt: 90_000, dt: seconds(10), samples: [1, 2, 3, 4] },
      MIN,
    );
    expect(closed.map((c) => [c.endsAt, c.n])).toEqual([[2 * MIN, 3]]);
    expect(window?.startsAt).toBe(2 * MIN);
  });

  test('one long frame closes many windows', () => {
    const samples = Array.from({ length: 301 }, (_, i) => i);
    const { closed } = addFrame(undefined, { observedAt: 0, dt: seconds(1), samples }, MIN);
    expect(closed.map((c) => [c.endsAt / MIN, c.n, c.min, c.max])).toEqual([
      [1, 60, 0, 59],
      [2, 60, 60, 119],
      [3, 60, 120, 179],
      [4, 60, 180, 239],
      [5, 60, 240, 299],
    ]);
  });

  test('the root mean square keeps the mean in', () => {
    const { closed } = addFrame(undefined, { observedAt: 0, dt: seconds(30), samples: [3, 3, 3] }, MIN);
    expect(closed[0]).toMatchObject({ mean: 3, rms: 3, peakToPeak: 0 });
  });

  test('unusable samples are skipped, and a window of nothing but those leaves nothing behind', () => {
    const mixed = addFrame(
      undefined,
      { observedAt: 0, dt: seconds(20), samples: [null, 2, Number.NaN, 1] },
      MIN,
    );
    expect(mixed.closed).toEqual([{ endsAt: MIN, n: 1, min: 2, max: 2, mean: 2, rms: 2, peakToPeak: 0 }]);
    const nothing = addFrame(
      undefined,
      { observedAt: 0, dt: seconds(20), samples: [null, null, null, null, null] },
      MIN,
    );
    expect(nothing).toEqual({ window: undefined, closed: [] });
  });

  test('an unusable sample still says that time went on', () => {
    const open = addFrame(undefined, { observedAt: 0, dt: seconds(20), samples: [1, 2] }, MIN).window;
    expect(addFrame(open, { observedAt: MIN, dt: seconds(20), samples: [null] }, MIN).closed).toHaveLength(1);
  });

  test('one absurd sample does not spoil the sums for good', () => {
    const { window } = addFrame(
      undefined,
      { observedAt: 0, dt: seconds(1), samples: [1, 1e308, -1e308, Infinity, 1] },
      MIN,
    );
    expect(window).toMatchObject({ n: 2, sum: 2, sumOfSquares: 2 });
  });

  test('a frame after a gap closes the window that was left open, as far as it got', () => {
    const open = addFrame(undefined, { observedAt: 0, dt: seconds(1), samples: [5] }, MIN).window;
    const { closed, window } = addFrame(open, { observedAt: 10 * MIN, dt: seconds(1), samples: [7] }, MIN);
    expect(closed).toMatchObject([{ endsAt: MIN, n: 1, max: 5 }]);
    expect(window).toMatchObject({ startsAt: 10 * MIN, n: 1 });
  });

  test('samples of a window that has closed are left out', () => {
    const open = addFrame(undefined, { observedAt: 5 * MIN, dt: seconds(1), samples: [5] }, MIN).window;
    expect(addFrame(open, { observedAt: 0, dt: seconds(1), samples: [99, 99] }, MIN)).toEqual({
      window: open,
      closed: [],
    });
  });

  test('how a recording is cut into frames changes nothing, and an open window survives JSON', () => {
    const sample = fc.option(fc.integer({ min: -1000, max: 1000 }), { nil: null });
    fc.assert(
      fc.property(
        fc.array(sample, { maxLength: 300 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 5000 }),
        (samples, cuts, dt) => {
          const whole = addFrame(undefined, { observedAt: 12_345, dt, samples }, MIN);
          let window: WindowMemory | undefined;
          const closed: Features[] = [];
          for (let from = 0, k = 0; from < samples.length; k++) {
            const size = cuts[k % cuts.length] ?? 1;
            const cut = addFrame(
              window,
              { observedAt: 12_345 + from * dt, dt, samples: samples.slice(from, from + size) },
              MIN,
            );
            window = cut.window === undefined ? undefined : JSON.parse(JSON.stringify(cut.window));
            closed.push(...cut.closed);
            from += size;
          }
          expect(closed).toEqual(whole.closed);
          expect(window).toEqual(whole.window);
        },
      ),
    );
  });
});
