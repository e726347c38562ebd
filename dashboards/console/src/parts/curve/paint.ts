import uPlot from 'uplot';
import { scaleNow } from '../../console/scale.ts';
import type { Level } from '../../state/sounding.ts';
import { alone, type Cell, type Quality } from '../../state/trend.ts';
import type { Band, Happening, Limit, Mark } from './marks.ts';
import { fontOf } from './plot-parts.ts';

/** What stands on the canvas beside the curves, each painted for itself. `colour`: by its name in the theme. */
type Colour = (name: string) => string;

export function paintBands(u: uPlot, bands: readonly (Band & { readonly fill: string })[]): void {
  const { ctx, bbox } = u;
  const foot = bbox.top + bbox.height;
  const yOf = (value: number): number =>
    Math.min(foot, Math.max(bbox.top, Math.round(u.valToPos(value, 'y', true))));
  ctx.save();
  for (const { edge, side, until, fill } of bands) {
    const start = yOf(edge);
    const end = until === null ? (side === 'above' ? bbox.top : foot) : yOf(until);
    ctx.fillStyle = fill;
    ctx.fillRect(bbox.left, Math.min(start, end), bbox.width, Math.abs(end - start));
  }
  ctx.restore();
}

/** A bucket with no neighbour has no band to show its least and greatest: an upright line does. */
export function paintLonely(u: uPlot, lines: readonly string[]): void {
  const { ctx } = u;
  const xs = u.data[0] as number[];
  ctx.save();
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash([]);
  lines.forEach((line, i) => {
    const mins = u.data[3 * i + 1] as Cell[];
    const maxs = u.data[3 * i + 2] as Cell[];
    ctx.strokeStyle = line;
    ctx.beginPath();
    for (const j of alone(mins)) {
      const x = Math.round(u.valToPos(xs[j] as number, 'x', true));
      ctx.moveTo(x, u.valToPos(mins[j] as number, 'y', true));
      ctx.lineTo(x, u.valToPos(maxs[j] as number, 'y', true));
    }
    ctx.stroke();
  });
  ctx.restore();
}

/** A dashed line across the drawing, with its level's colour behind black words at its left end. */
export function paintLimits(u: uPlot, limits: readonly Limit[], colour: Colour): void {
  const { ctx, bbox } = u;
  const px = uPlot.pxRatio;
  ctx.save();
  ctx.font = fontOf(Math.round(11 * px * scaleNow()));
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  for (const { value, level, words } of limits) {
    const y = Math.round(u.valToPos(value, 'y', true));
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    // The line is neutral: yellow on a light ground cannot be seen. The colour stands behind black text.
    ctx.strokeStyle = colour('--text');
    ctx.lineWidth = px;
    ctx.setLineDash([5 * px, 4 * px]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    const width = ctx.measureText(words).width + 10 * px;
    const height = 15 * px * scaleNow();
    const top = Math.max(bbox.top, y - height / 2);
    ctx.fillStyle = colour(`--level-${level}`);
    ctx.fillRect(bbox.left + 4 * px, top, width, height);
    ctx.fillStyle = '#000';
    ctx.fillText(words, bbox.left + 9 * px, top + height / 2 + px);
  }
  ctx.restore();
}

/** Ticks at the foot where readings were doubtful, higher ones where they were bad. */
export function paintQuality(u: uPlot, quality: readonly Quality[], colour: Colour): void {
  const { ctx, bbox } = u;
  const px = uPlot.pxRatio;
  const xs = u.data[0] as number[];
  ctx.save();
  ctx.fillStyle = colour('--bad');
  quality.forEach((q, i) => {
    if (q === 'good') return;
    const x = u.valToPos(xs[i] as number, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    const height = (q === 'bad' ? 8 : 4) * px;
    ctx.fillRect(x - px, bbox.top + bbox.height - height, 2 * px, height);
  });
  ctx.restore();
}

/** A bar along the foot while the alarm was on, an upright line where it began, and its level's shape on it. */
export function paintMarks(u: uPlot, marks: readonly Mark[], colour: Colour): void {
  const { ctx, bbox } = u;
  const px = uPlot.pxRatio;
  const foot = bbox.top + bbox.height;
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.setLineDash([]);
  // The gravest last, so that it lies on top.
  for (const m of [...marks].sort((a, b) => b.level - a.level)) {
    const x = u.valToPos(m.from / 1000, 'x', true);
    const end = m.to === null ? right : u.valToPos(m.to / 1000, 'x', true);
    if (end < bbox.left || x > right) continue;
    const left = Math.max(bbox.left, x);
    ctx.fillStyle = colour(`--level-${m.level}`);
    ctx.fillRect(left, foot + px, Math.max(2 * px, Math.min(right, end) - left), 4 * px);
    if (x < bbox.left) continue;
    ctx.strokeStyle = colour('--text');
    ctx.lineWidth = px;
    ctx.beginPath();
    ctx.moveTo(Math.round(x), bbox.top + 12 * px);
    ctx.lineTo(Math.round(x), foot);
    ctx.stroke();
    ctx.fillStyle = colour(`--level-${m.level}`);
    paintShape(ctx, m.level, x, bbox.top + 7 * px, 6 * px);
  }
  ctx.restore();
}

/** ■ ▲ ◆ ●, as everywhere. */
function paintShape(ctx: CanvasRenderingContext2D, level: Level, x: number, y: number, r: number): void {
  ctx.beginPath();
  if (level === 1) ctx.rect(x - r, y - r, 2 * r, 2 * r);
  else if (level === 4) ctx.arc(x, y, r, 0, 2 * Math.PI);
  else {
    ctx.moveTo(x, y - r * 1.1);
    if (level === 3) ctx.lineTo(x + r * 1.1, y);
    ctx.lineTo(level === 3 ? x : x + r * 1.1, y + r);
    if (level === 3) ctx.lineTo(x - r * 1.1, y);
    else ctx.lineTo(x - r * 1.1, y + r);
    ctx.closePath();
  }
  ctx.fill();
  ctx.strokeStyle = '#000';
  ctx.lineWidth = 1;
  ctx.stroke();
}

/** A dotted upright line with a boxed character at the foot; of what lasted, a bar as well. */
export function paintHappenings(u: uPlot, happened: readonly Happening[], colour: Colour): void {
  const { ctx, bbox } = u;
  const px = uPlot.pxRatio;
  const foot = bbox.top + bbox.height;
  const right = bbox.left + bbox.width;
  const size = 15 * px * scaleNow();
  ctx.save();
  ctx.font = fontOf(Math.round(11 * px * scaleNow()));
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.lineWidth = px;
  for (const { at, to, word } of happened) {
    const x = Math.round(u.valToPos(at / 1000, 'x', true));
    const end = to === null ? x : u.valToPos(to / 1000, 'x', true);
    if (end < bbox.left || x > right) continue;
    const left = Math.max(bbox.left, x);
    if (to !== null) {
      ctx.fillStyle = colour('--envelope');
      ctx.fillRect(left, bbox.top, Math.min(right, end) - left, bbox.height);
    }
    if (x < bbox.left) continue;
    ctx.strokeStyle = colour('--muted');
    ctx.setLineDash([2 * px, 3 * px]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, foot);
    ctx.stroke();
    ctx.setLineDash([]);
    ctx.fillStyle = colour('--raised');
    ctx.fillRect(x - size / 2, foot - size - 10 * px, size, size);
    ctx.strokeRect(x - size / 2, foot - size - 10 * px, size, size);
    ctx.fillStyle = colour('--text');
    ctx.fillText(word, x, foot - size / 2 - 9 * px);
  }
  ctx.restore();
}
