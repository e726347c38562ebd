import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { BEIJING_OFFSET, dateOf, minuteOf, roundTimes } from '../state/beijing.ts';
import type { LimitLine } from '../state/catalog.ts';
import { numberOf } from '../state/numbers.ts';
import { type Columns, lonely } from '../state/trend.ts';

export type Drawing = {
  /** Milliseconds; what is seen, whatever the data. */
  show(from: number, to: number, columns: Columns): void;
  resize(width: number): void;
  destroy(): void;
};

type Needs = {
  readonly into: HTMLElement;
  readonly width: number;
  readonly height: number;
  readonly limits: readonly LimitLine[];
  /** The limit that must be in sight even when the curve is far from it. */
  readonly mustSee: number | null;
  readonly limitWords: (value: number) => string;
  /** Words for 0 and 1 of a yes-or-no metric; `null`: a quantity. */
  readonly flagWords: readonly [string, string] | null;
  readonly onCursor: (index: number | null) => void;
};

const FONT = '12px "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';

/** A trend on canvas: the mean as a line, least and greatest as a band around it, limits, gaps as gaps. */
export function drawTrend(needs: Needs): Drawing {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const text = colour('--muted');
  const grid = { stroke: colour('--line'), width: 1 };
  const flag = needs.flagWords;
  let seen: readonly [number, number] = [0, 1];
  let quality: Columns['quality'] = [];

  const axis = { stroke: text, font: FONT, grid, ticks: { ...grid, size: 4 }, gap: 4 };
  const plot = new uPlot(
    {
      width: needs.width,
      height: needs.height,
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
      padding: [10, 12, 0, 0],
      scales: {
        x: { time: true, range: () => [...seen] },
        y: { range: (_u, lo, hi) => (flag ? [-0.1, 1.1] : yRange(lo, hi, needs.mustSee)) },
      },
      axes: [
        {
          ...axis,
          size: 28,
          splits: (u, _i, min, max) =>
            roundTimes(min * 1000, max * 1000, Math.max(2, Math.floor(u.width / 80))).map((t) => t / 1000),
          values: (_u, splits) => splits.map((s) => timeLabel(s * 1000)),
        },
        {
          ...axis,
          size: 52,
          ...(flag === null
            ? { values: (_u: uPlot, splits: number[]) => splits.map(numberOf) }
            : { splits: () => [0, 1], values: () => [...flag] }),
        },
      ],
      bands: [{ series: [2, 1], fill: colour('--envelope') }],
      series: [
        {},
        { stroke: colour('--envelope'), width: 1, points: { show: false } },
        { stroke: colour('--envelope'), width: 1, points: { show: false } },
        {
          stroke: colour('--curve'),
          width: 1.5,
          points: {
            show: true,
            size: 5,
            fill: colour('--curve'),
            filter: (u, i) => lonely(u.data[i] as number[]),
          },
        },
      ],
      hooks: {
        draw: [drawLonely, drawLimits, drawQuality],
        setCursor: [(u) => needs.onCursor(u.cursor.idx ?? null)],
      },
    },
    [[], [], [], []],
    needs.into,
  );

  /** A bucket with no neighbour has no band to show its least and greatest: an upright line does. */
  function drawLonely(u: uPlot): void {
    const { ctx } = u;
    const [xs, mins, maxs] = u.data as unknown as [number[], number[], number[]];
    ctx.save();
    ctx.strokeStyle = colour('--curve');
    ctx.lineWidth = uPlot.pxRatio;
    ctx.setLineDash([]);
    ctx.beginPath();
    for (const i of lonely(mins)) {
      const x = Math.round(u.valToPos(xs[i] as number, 'x', true));
      ctx.moveTo(x, u.valToPos(mins[i] as number, 'y', true));
      ctx.lineTo(x, u.valToPos(maxs[i] as number, 'y', true));
    }
    ctx.stroke();
    ctx.restore();
  }

  function drawLimits(u: uPlot): void {
    const { ctx, bbox } = u;
    const px = uPlot.pxRatio;
    ctx.save();
    ctx.font = FONT.replace('12px', `${Math.round(11 * px)}px`);
    ctx.textAlign = 'left';
    ctx.textBaseline = 'middle';
    for (const line of needs.limits) {
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
      const words = needs.limitWords(line.value);
      const width = ctx.measureText(words).width + 10 * px;
      const height = 15 * px;
      const top = Math.max(bbox.top, y - height / 2);
      ctx.fillStyle = colour(`--level-${line.level}`);
      ctx.fillRect(bbox.left + 4 * px, top, width, height);
      ctx.fillStyle = '#000';
      ctx.fillText(words, bbox.left + 9 * px, top + height / 2 + px);
    }
    ctx.restore();
  }

  function drawQuality(u: uPlot): void {
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

  return {
    show(from, to, columns) {
      seen = [from / 1000, to / 1000];
      quality = columns.quality;
      plot.setData([columns.x, columns.min, columns.max, columns.avg]);
    },
    resize(width) {
      if (width > 0 && width !== plot.width) plot.setSize({ width, height: needs.height });
    },
    destroy: () => plot.destroy(),
  };
}

/** Data and the limit that matters, with some air; never below zero for what is never below zero. */
function yRange(lo: number | null, hi: number | null, mustSee: number | null): [number, number] {
  const values = [lo, hi, mustSee].filter((v): v is number => v !== null && Number.isFinite(v));
  const least = values.length > 0 ? Math.min(...values) : 0;
  const most = values.length > 0 ? Math.max(...values) : 1;
  const air = (most - least || Math.abs(most) || 1) * 0.1;
  return [least >= 0 && least - air < 0 ? 0 : least - air, most + air];
}

const timeLabel = (t: number): string =>
  (t + BEIJING_OFFSET) % 86_400_000 === 0 ? dateOf(t).slice(5) : minuteOf(t);
