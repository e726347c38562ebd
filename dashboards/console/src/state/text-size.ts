/** What A− and A+ choose between, times what the screen asks for. */
export const TEXT_SIZES = [0.85, 1, 1.15, 1.3, 1.5] as const;

/** The screen for which sizes were written: at a desk's distance 14 px are read there. */
const DESK = { width: 1920, height: 1080 } as const;
const MOST = 2.5;

/**
 * By how much a screen that holds more pixels than a desk's is drawn larger; a smaller one never smaller.
 *
 * @param width in CSS pixels, after whatever the system itself enlarges
 */
export const screenScale = (width: number, height: number): number =>
  Math.min(MOST, Math.max(1, Math.min(width / DESK.width, height / DESK.height)));

/** The place of a size among those that can be chosen; of one that is none the nearest. */
export function nearestStep(size: number): number {
  const from = Number.isFinite(size) ? size : 1;
  let best = 0;
  for (const [i, s] of TEXT_SIZES.entries())
    if (Math.abs(s - from) < Math.abs((TEXT_SIZES[best] as number) - from)) best = i;
  return best;
}
