import uPlot from 'uplot';
import { scaleNow } from '../../console/scale.ts';
import 'uplot/dist/uPlot.min.css';
import { alone, type Cell, type Quality } from '../../state/trend.ts';
import type { Band, Happening, Limit, Mark } from './marks.ts';
import { paintBands, paintHappenings, paintLimits, paintLonely, paintMarks, paintQuality } from './paint.ts';
import { axesOf, coloursNow, yRange } from './plot-parts.ts';

/** With what one curve is drawn: its line, the edges of its band, and the band. */
export type Ink = {
  readonly line: string;
  readonly edge: string;
  readonly fill: string;
  readonly width: number;
  readonly dash?: readonly number[];
};

/** Columns of one axis of time, in seconds. */
export type Drawn = {
  readonly x: number[];
  readonly curves: readonly { readonly min: Cell[]; readonly avg: Cell[]; readonly max: Cell[] }[];
  /** Of each column; left out where a drawing does not show it. */
  readonly quality?: readonly Quality[];
};

export type Drawing = {
  /** Milliseconds; what is seen, whatever the data. */
  show(from: number, to: number, drawn: Drawn): void;
  resize(width: number): void;
  /** Pixels from the top of where it is drawn into; `null`: out of sight. */
  yOf(value: number): number | null;
  valueAt(y: number): number;
  destroy(): void;
};

type Needs = {
  readonly into: HTMLElement;
  readonly width: number;
  readonly height: number;
  /** Pixels: for the values, at the right end, and for one time. */
  readonly room: { readonly left: number; readonly right: number; readonly label: number };
  /** Of each curve. */
  readonly inks: readonly Ink[];
  readonly limits: readonly Limit[];
  /** Values that must be in sight even when the curve is far from them. */
  readonly mustSee: readonly number[];
  readonly bands?: readonly (Band & { readonly fill: string })[];
  readonly marks?: readonly Mark[];
  readonly happened?: readonly Happening[];
  /** Words for 0 and 1 of a yes-or-no metric; `null`: a quantity. */
  readonly flagWords: readonly [string, string] | null;
  /** Bars from above, as rain is drawn beside levels. */
  readonly rain?: boolean;
  /** The cursor of all drawings of one name is one, and dragging over them zooms. */
  readonly zoom?: { readonly together: string; readonly to: (from: number, to: number) => void };
  /** Where the cursor is, in time and in the columns; `null`: nowhere. */
  readonly onCursor: (seconds: number | null, index: number | null) => void;
  /** Its scales may be others now. */
  readonly onDraw?: () => void;
};

/** Curves of one unit on canvas: mean as a line, least and greatest as a band around it, limits, gaps as gaps, alarms. */
export function drawCurves(needs: Needs): Drawing {
  const { inks, rain, zoom, bands = [], marks = [], happened = [] } = needs;
  const colour = coloursNow();
  let seen: readonly [number, number] = [0, 1];
  let quality: readonly Quality[] = [];

  const plot = new uPlot(
    {
      width: needs.width,
      height: needs.height,
      legend: { show: false },
      cursor: {
        y: false,
        ...(zoom === undefined ? {} : { sync: { key: zoom.together, setSeries: false } }),
        drag: zoom === undefined ? { x: false, y: false } : { x: true, y: false, setScale: false, dist: 6 },
        points: { size: 6 },
      },
      padding: [10, needs.room.right * scaleNow(), 0, 0],
      scales: {
        x: { time: true, range: () => [...seen] },
        y: rain
          ? { dir: -1, range: (_u, _lo, hi) => [0, Math.max(1, hi ?? 0) * 1.1] }
          : { range: (_u, lo, hi) => (needs.flagWords ? [-0.1, 1.1] : yRange(lo, hi, needs.mustSee)) },
      },
      axes: axesOf(needs.room, needs.flagWords, colour),
      bands: rain ? [] : inks.map(({ fill }, i) => ({ series: [3 * i + 2, 3 * i + 1], fill })),
      series: [{}, ...inks.flatMap(rain ? barsOf : linesOf)],
      hooks: {
        drawClear: [(u) => paintBands(u, bands)],
        draw: [
          (u) => paintLonely(u, rain ? [] : inks.map(({ line }) => line)),
          (u) => paintLimits(u, needs.limits, colour),
          (u) => paintQuality(u, quality, colour),
          (u) => paintHappenings(u, happened, colour),
          (u) => paintMarks(u, marks, colour),
          () => needs.onDraw?.(),
        ],
        setCursor: [
          (u) => {
            const left = u.cursor.left ?? -1;
            needs.onCursor(left < 0 ? null : u.posToVal(left, 'x'), u.cursor.idx ?? null);
          },
        ],
        setSelect: [
          (u) => {
            if (u.select.width <= 0) return;
            const from = u.posToVal(u.select.left, 'x');
            const to = u.posToVal(u.select.left + u.select.width, 'x');
            u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            zoom?.to(from * 1000, to * 1000);
          },
        ],
      },
    },
    [[], ...inks.flatMap(() => [[], [], []])] as uPlot.AlignedData,
    needs.into,
  );

  return {
    show(from, to, drawn) {
      // Not under the hand of somebody who is marking a stretch.
      if (plot.select.width > 0) return;
      seen = [from / 1000, to / 1000];
      quality = drawn.quality ?? [];
      plot.setData([drawn.x, ...drawn.curves.flatMap((c) => [c.min, c.max, c.avg])] as uPlot.AlignedData);
    },
    resize(width) {
      if (width > 0 && width !== plot.width) plot.setSize({ width, height: needs.height });
    },
    yOf(value) {
      const y = plot.valToPos(value, 'y');
      const tall = plot.over.clientHeight;
      return y < 0 || y > tall || !Number.isFinite(y) ? null : y + plot.over.offsetTop;
    },
    valueAt: (y) => plot.posToVal(y - plot.over.offsetTop, 'y'),
    destroy: () => plot.destroy(),
  };
}

/** Least, greatest and mean; a value between two gaps as a dot. */
function linesOf({ line, edge, width, dash = [] }: Ink): uPlot.Series[] {
  const end = { stroke: edge, width: 1, points: { show: false } };
  return [
    end,
    end,
    {
      stroke: line,
      width,
      dash: [...dash],
      points: { show: true, size: 5, fill: line, filter: (u, s) => alone(u.data[s] as Cell[]) },
    },
  ];
}

/** The greatest of each bucket, from above. */
function barsOf({ line, fill }: Ink): uPlot.Series[] {
  const paths = uPlot.paths.bars?.({ size: [1, 14, 2] }) as uPlot.Series.PathBuilder;
  return [{ show: false }, { stroke: line, fill, width: 0, points: { show: false }, paths }, { show: false }];
}
