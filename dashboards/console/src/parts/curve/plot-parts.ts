import type uPlot from 'uplot';
import { scaleNow } from '../../console/scale.ts';
import { BEIJING_OFFSET, dateOf, minuteOf, roundTimes } from '../../state/beijing.ts';
import { numberOf } from '../../state/numbers.ts';

/** The letters, the range and the axes of a drawing of readings. */
export const fontOf = (px: number): string => `${px}px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif`;

/** The theme's colours as they are now, by name. */
export function coloursNow(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

/** Data and the limits that matter, with some air; never below zero for what is never below zero. */
export function yRange(lo: number | null, hi: number | null, mustSee: readonly number[]): [number, number] {
  const values = [lo, hi, ...mustSee].filter((v): v is number => v !== null && Number.isFinite(v));
  const least = values.length > 0 ? Math.min(...values) : 0;
  const most = values.length > 0 ? Math.max(...values) : 1;
  const air = (most - least || Math.abs(most) || 1) * 0.1;
  return [least >= 0 && least - air < 0 ? 0 : least - air, most + air];
}

/**
 * Time below and values on the left.
 *
 * @param room pixels: `left` for the values, `label` for one time at least
 * @param flag words for 0 and 1 of a yes-or-no metric; `null`: a quantity
 */
export function axesOf(
  room: { readonly left: number; readonly label: number },
  flag: readonly [string, string] | null,
  colour: (name: string) => string,
): uPlot.Axis[] {
  const grid = { stroke: colour('--line'), width: 1 };
  const axis = {
    stroke: colour('--muted'),
    font: fontOf(Math.round(12 * scaleNow())),
    grid,
    ticks: { ...grid, size: 4 },
    gap: 4,
  };
  return [
    {
      ...axis,
      size: 28 * scaleNow(),
      splits: (u, _i, min, max) =>
        roundTimes(min * 1000, max * 1000, Math.max(2, Math.floor(u.width / (room.label * scaleNow())))).map(
          (t) => t / 1000,
        ),
      values: (_u, splits) => splits.map((s) => timeLabel(s * 1000, splits)),
    },
    {
      ...axis,
      size: room.left * scaleNow(),
      ...(flag === null
        ? { values: (_u: uPlot, splits: number[]) => splits.map(numberOf) }
        : { splits: () => [0, 1], values: () => [...flag] }),
    },
  ];
}

/** Midnight has its date; over days without an hour between them, every label has. */
function timeLabel(t: number, splits: readonly number[]): string {
  const days = splits.length > 1 && ((splits[1] as number) - (splits[0] as number)) * 1000 >= 86_400_000;
  return days || (t + BEIJING_OFFSET) % 86_400_000 === 0 ? dateOf(t).slice(5) : minuteOf(t);
}
