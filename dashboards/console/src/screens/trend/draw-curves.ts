import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { drawLimitLines, FONT, timeLabel, yRange } from '../../parts/curve/plot-parts.ts';
import { roundTimes } from '../../state/beijing.ts';
import { numberOf } from '../../state/numbers.ts';
import type { Level } from '../../state/sounding.ts';
import type { Band } from './bands.ts';
import { alone, type Cell, type Grid } from './grid.ts';

/** An alarm of a curve that is drawn. `to` null: it is still on. */
export type Mark = { readonly level: Level; readonly from: number; readonly to: number | null };

export type CurvesDrawing = {
  /** Milliseconds; what is seen, whatever the data. */
  show(from: number, to: number, grid: Grid): void;
  resize(width: number): void;
  destroy(): void;
};

type Needs = {
  readonly into: HTMLElement;
  readonly width: number;
  readonly height: number;
  /** Index into the palette, of each curve. */
  readonly inks: readonly number[];
  readonly bands: readonly Band[];
  readonly marks: readonly Mark[];
  readonly limitWords: (level: Level, value: number) => string;
  /** Words for 0 and 1 of a yes-or-no metric; `null`: a quantity. */
  readonly flagWords: readonly [string, string] | null;
  /** Bars from above, as rain is drawn beside levels. */
  readonly rain?: boolean;
  /** The cursor of all drawings of one screen is one. */
  readonly together: string;
  readonly onCursor: (seconds: number | null) => void;
  readonly onZoom: (from: number, to: number) => void;
};

export const LEFT = 58;
export const RIGHT = 14;

/** Six inks that are no level's colour, each with a dash of its own: colour alone tells nobody anything. */
export const INKS: readonly {
  readonly dark: string;
  readonly light: string;
  readonly dash: readonly number[];
}[] = [
  { dark: '#e6e8ea', light: '#1b2026', dash: [] },
  { dark: '#3fc4b0', light: '#00695c', dash: [8, 4] },
  { dark: '#b79bff', light: '#5b34c4', dash: [2, 3] },
  { dark: '#9ac66b', light: '#3d6b16', dash: [12, 3, 2, 3] },
  { dark: '#e79ac7', light: '#97206c', dash: [5, 2] },
  { dark: '#c8b08a', light: '#6a4f1d', dash: [1, 5] },
];

const alpha = (hex: string, a: number): string =>
  `rgba(${[1, 3, 5].map((i) => Number.parseInt(hex.slice(i, i + 2), 16)).join(', ')}, ${a})`;

/** Curves of one unit: mean as a line, least and greatest as a band around it, limits, gaps as gaps, alarms. */
export function drawCurves(needs: Needs): CurvesDrawing {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string): string => style.getPropertyValue(name).trim();
  const dark = document.documentElement.dataset.theme === 'dark';
  const inkOf = (i: number): string => {
    const ink = INKS[i % INKS.length] as (typeof INKS)[number];
    return dark ? ink.dark : ink.light;
  };
  const grid = { stroke: colour('--line'), width: 1 };
  const flag = needs.flagWords;
  const axis = { stroke: colour('--muted'), font: FONT, grid, ticks: { ...grid, size: 4 }, gap: 4 };
  let seen: readonly [number, number] = [0, 1];
  const envelope = needs.inks.length > 2 ? 0.14 : 0.24;
  // The limit nearest to what is normal stays in sight, so that a calm curve is seen to be calm.
  const near = (side: Band['side']): number[] =>
    needs.bands
      .filter((b) => b.side === side)
      .map((b) => b.edge)
      .slice(0, 1);
  const mustSee = [...near('above'), ...near('below')];

  const plot = new uPlot(
    {
      width: needs.width,
      height: needs.height,
      legend: { show: false },
      cursor: {
        y: false,
        sync: { key: needs.together, setSeries: false },
        drag: { x: true, y: false, setScale: false, dist: 6 },
        points: { size: 6 },
      },
      padding: [10, RIGHT, 0, 0],
      scales: {
        x: { time: true, range: () => [...seen] },
        y: needs.rain
          ? { dir: -1, range: (_u, _lo, hi) => [0, Math.max(1, hi ?? 0) * 1.1] }
          : { range: (_u, lo, hi) => (flag ? [-0.1, 1.1] : yRange(lo, hi, mustSee)) },
      },
      axes: [
        {
          ...axis,
          size: 28,
          splits: (u, _i, min, max) =>
            roundTimes(min * 1000, max * 1000, Math.max(2, Math.floor(u.width / 90))).map((t) => t / 1000),
          values: (_u, splits) => splits.map((s) => timeLabel(s * 1000, splits)),
        },
        {
          ...axis,
          size: LEFT,
          ...(flag === null
            ? { values: (_u: uPlot, splits: number[]) => splits.map(numberOf) }
            : { splits: () => [0, 1], values: () => [...flag] }),
        },
      ],
      bands: needs.rain
        ? []
        : needs.inks.map((ink, i) => ({
            series: [3 * i + 2, 3 * i + 1] as uPlot.Band['series'],
            fill: alpha(inkOf(ink), envelope),
          })),
      series: [
        {},
        ...needs.inks.flatMap((ink): uPlot.Series[] => {
          const edge = { stroke: alpha(inkOf(ink), 0.35), width: 1, points: { show: false } };
          if (needs.rain)
            return [
              { show: false },
              {
                stroke: alpha(inkOf(ink), 0.9),
                fill: alpha(inkOf(ink), 0.45),
                width: 0,
                points: { show: false },
                paths: uPlot.paths.bars?.({ size: [1, 14, 2] }) as uPlot.Series.PathBuilder,
              },
              { show: false },
            ];
          return [
            edge,
            edge,
            {
              stroke: inkOf(ink),
              width: ink === 0 ? 1.5 : 2,
              dash: [...(INKS[ink % INKS.length]?.dash ?? [])],
              points: {
                show: true,
                size: 5,
                fill: inkOf(ink),
                filter: (u, s) => alone(u.data[s] as Cell[]),
              },
            },
          ];
        }),
      ],
      hooks: {
        drawClear: [drawBands],
        draw: [drawLonely, drawLimits, drawMarks],
        setCursor: [
          (u) => {
            const left = u.cursor.left ?? -1;
            needs.onCursor(left < 0 ? null : u.posToVal(left, 'x'));
          },
        ],
        setSelect: [
          (u) => {
            if (u.select.width <= 0) return;
            const from = u.posToVal(u.select.left, 'x');
            const to = u.posToVal(u.select.left + u.select.width, 'x');
            u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            needs.onZoom(from * 1000, to * 1000);
          },
        ],
      },
    },
    [[], ...needs.inks.flatMap(() => [[], [], []])] as uPlot.AlignedData,
    needs.into,
  );

  const yOf = (u: uPlot, value: number): number =>
    Math.min(u.bbox.top + u.bbox.height, Math.max(u.bbox.top, Math.round(u.valToPos(value, 'y', true))));

  function drawBands(u: uPlot): void {
    const { ctx, bbox } = u;
    ctx.save();
    for (const b of needs.bands) {
      const edge = yOf(u, b.edge);
      const end =
        b.until === null ? (b.side === 'above' ? bbox.top : bbox.top + bbox.height) : yOf(u, b.until);
      ctx.fillStyle = alpha(colour(`--level-${b.level}`), dark ? 0.13 : 0.2);
      ctx.fillRect(bbox.left, Math.min(edge, end), bbox.width, Math.abs(end - edge));
    }
    ctx.restore();
  }

  /** A bucket with no neighbour has no band to show its least and greatest: an upright line does. */
  function drawLonely(u: uPlot): void {
    if (needs.rain) return;
    const { ctx } = u;
    const xs = u.data[0] as number[];
    ctx.save();
    ctx.lineWidth = uPlot.pxRatio;
    ctx.setLineDash([]);
    needs.inks.forEach((ink, i) => {
      const mins = u.data[3 * i + 1] as Cell[];
      const maxs = u.data[3 * i + 2] as Cell[];
      ctx.strokeStyle = inkOf(ink);
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

  function drawLimits(u: uPlot): void {
    const lines = needs.bands.map((b) => ({
      value: b.edge,
      level: b.level,
      words: needs.limitWords(b.level, b.edge),
    }));
    drawLimitLines(u, lines, colour);
  }

  /** A bar along the foot while the alarm was on, an upright line where it began, and its level's shape on it. */
  function drawMarks(u: uPlot): void {
    const { ctx, bbox } = u;
    const px = uPlot.pxRatio;
    const foot = bbox.top + bbox.height;
    const right = bbox.left + bbox.width;
    ctx.save();
    ctx.setLineDash([]);
    // The gravest last, so that it lies on top.
    for (const m of [...needs.marks].sort((a, b) => b.level - a.level)) {
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
      drawShape(ctx, m.level, x, bbox.top + 7 * px, 6 * px, colour(`--level-${m.level}`));
    }
    ctx.restore();
  }

  return {
    show(from, to, g) {
      // Not under the hand of somebody who is marking a stretch.
      if (plot.select.width > 0) return;
      seen = [from / 1000, to / 1000];
      plot.setData([g.x, ...g.curves.flatMap((c) => [c.min, c.max, c.avg])] as uPlot.AlignedData);
    },
    resize(width) {
      if (width > 0 && width !== plot.width) plot.setSize({ width, height: needs.height });
    },
    destroy: () => plot.destroy(),
  };
}

/** ■ ▲ ◆ ●, as everywhere. */
function drawShape(
  ctx: CanvasRenderingContext2D,
  level: Level,
  x: number,
  y: number,
  r: number,
  fill: string,
): void {
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
  ctx.fillStyle = fill;
  ctx.fill();
  ctx.strokeStyle = '#000';
  ctx.lineWidth = 1;
  ctx.stroke();
}
