import { describe, expect, it } from 'vitest';
import { nearestStep, screenScale, TEXT_SIZES } from '../../dashboards/console/src/state/text-size.ts';

describe('how large the text is', () => {
  it('grows with a screen of more pixels, and shrinks on none', () => {
    expect([screenScale(1366, 768), screenScale(1920, 1080), screenScale(390, 844)]).toEqual([1, 1, 1]);
    expect(screenScale(3840, 2160)).toBe(2);
    // A band of LED is wide and not high: by what there is less of.
    expect(screenScale(7680, 1080)).toBe(1);
    expect(screenScale(15_360, 8_640)).toBe(2.5);
  });
  it('keeps a choice, the nearest where it is none, and the usual where nothing was kept', () => {
    expect(TEXT_SIZES[nearestStep(1.3)]).toBe(1.3);
    expect(TEXT_SIZES[nearestStep(9)]).toBe(1.5);
    expect(TEXT_SIZES[nearestStep(Number.NaN)]).toBe(1);
  });
});
