import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { roundTimes } from '../../state/beijing.ts';
import type { LimitLine } from '../../state/catalog.ts';
import { numberOf } from '../../state/numbers.ts';
import { type Columns, lonely } from '../../state/trend.ts';
import { drawLimitLines, FONT, timeLabel, yRange } from './plot-parts.ts';

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
        y: { range: (_u, lo, hi) => (flag ? [-0.1, 1.1] : yRange(lo, hi, [needs.mustSee])) },
      },
      axes: [
        {
          ...axis,
          size: 28,
          splits: (u, _i, min, max) =>
            roundTimes(min * 1000, max * 1000, Math.max(2, Math.floor(u.width / 80))).map((t) => t / 1000),
          values: (_u, splits) => splits.map((s) => timeLabel(s * 1000, splits)),
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
    const lines = needs.limits.map(({ value, level }) => ({ value, level, words: needs.limitWords(value) }));
    drawLimitLines(u, lines, colour);
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
