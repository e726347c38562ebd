import uPlot from 'uplot';
import { BEIJING_OFFSET, dateOf, minuteOf } from '../../state/beijing.ts';
import type { Level } from '../../state/sounding.ts';

/** What every drawing of readings has in common: its letters, its range, its time axis and the lines of its limits. */
export const FONT = '12px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';

/** Data and the limits that matter, with some air; never below zero for what is never below zero. */
export function yRange(
  lo: number | null,
  hi: number | null,
  mustSee: readonly (number | null)[],
): [number, number] {
  const values = [lo, hi, ...mustSee].filter((v): v is number => v !== null && Number.isFinite(v));
  const least = values.length > 0 ? Math.min(...values) : 0;
  const most = values.length > 0 ? Math.max(...values) : 1;
  const air = (most - least || Math.abs(most) || 1) * 0.1;
  return [least >= 0 && least - air < 0 ? 0 : least - air, most + air];
}

/** Midnight has its date; over days without an hour between them, every label has. */
export function timeLabel(t: number, splits: readonly number[]): string {
  const days = splits.length > 1 && ((splits[1] as number) - (splits[0] as number)) * 1000 >= 86_400_000;
  return days || (t + BEIJING_OFFSET) % 86_400_000 === 0 ? dateOf(t).slice(5) : minuteOf(t);
}

/** A dashed line across the drawing, with its level's colour behind black words at its left end. */
export function drawLimitLines(
  u: uPlot,
  lines: readonly { readonly value: number; readonly level: Level; readonly words: string }[],
  colour: (name: string) => string,
): void {
  const { ctx, bbox } = u;
  const px = uPlot.pxRatio;
  ctx.save();
  ctx.font = FONT.replace('12px', `${Math.round(11 * px)}px`);
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  for (const line of lines) {
    const y = Math.round(u.valToPos(line.value, 'y', true));
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    // The line is neutral: yellow on a light ground cannot be seen. The colour stands behind black text.
    ctx.strokeStyle = colour('--text');
    ctx.lineWidth = px;
    ctx.setLineDash([5 * px, 4 * px]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    const width = ctx.measureText(line.words).width + 10 * px;
    const height = 15 * px;
    const top = Math.max(bbox.top, y - height / 2);
    ctx.fillStyle = colour(`--level-${line.level}`);
    ctx.fillRect(bbox.left + 4 * px, top, width, height);
    ctx.fillStyle = '#000';
    ctx.fillText(line.words, bbox.left + 9 * px, top + height / 2 + px);
  }
  ctx.restore();
}
