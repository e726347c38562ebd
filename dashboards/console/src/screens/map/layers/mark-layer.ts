import Feature from 'ol/Feature.js';
import LineString from 'ol/geom/LineString.js';
import Point from 'ol/geom/Point.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import type View from 'ol/View.js';
import { type Cluster, clustersOf, type Spot } from '../points.ts';
import type { MarkStyles } from './mark-styles.ts';

/** Least distance of two marks, pixels. */
export const APART = 46;
const FLASH = 500;
/** Metres a pixel, about: closer than this points have names. */
const NAMES = 1.3;
/** More than these are a list, and no fan. */
const FANNED_AT_MOST = 26;
const FIRST_ROUND = 10;

/** The marks of the points, clustered where they would stand too close; what nobody has acknowledged flashes. */
export type MarkLayer = {
  readonly layer: VectorLayer;
  /** It, and the names of the points from close by. */
  readonly layers: readonly VectorLayer[];
  /** As they are drawn now. */
  readonly clusters: readonly Cluster[];
  show(spots: readonly Spot[]): void;
  /** Anew after zooming, where the marks would stand closer or wider by a good part of their size. @returns whether they were */
  zoomed(): boolean;
  choose(code: string | null): void;
  /** Lays those that stand in one place around it, each to be picked; `null`: nothing is fanned out any more. */
  fan(c: Cluster | null): void;
  destroy(): void;
};

export function markLayer(
  view: View,
  looks: MarkStyles,
  { still, scale }: { readonly still: boolean; readonly scale: number },
): MarkLayer {
  const source = new VectorSource<Feature<Point | LineString>>();
  /** Of the worst of those that are fanned out. */
  let fanned: string | null = null;
  let lit = true;
  let chosen: string | null = null;
  let spots: readonly Spot[] = [];
  let clusters: readonly Cluster[] = [];
  let step: number | null = null;
  let anyUnacked = false;

  const layer = new VectorLayer({
    source,
    style: (f) => {
      const c = f.get('cluster') as Cluster | undefined;
      return c === undefined ? looks.leg : looks.mark(c, { lit, chosen });
    },
    renderBuffer: 60,
  });
  const names = new VectorLayer({
    source,
    declutter: 'names',
    maxResolution: NAMES,
    style: (f) => {
      const c = f.get('cluster') as Cluster | undefined;
      const only = c?.members.length === 1 ? c.members[0]?.point : undefined;
      return only === undefined ? [] : looks.name(only.name || only.code);
    },
  });
  const flashing = setInterval(() => {
    if (still || !anyUnacked || document.hidden) return;
    lit = !lit;
    layer.changed();
  }, FLASH);

  const stepNow = (): number => Math.round(Math.log2(view.getResolution() ?? 1) * 3);
  function cluster(): void {
    step = stepNow();
    clusters = clustersOf(spots, 2 ** (step / 3) * APART * scale);
    anyUnacked = clusters.some((c) => c.unacked);
    source.clear(true);
    source.addFeatures(
      clusters.map((c) => {
        const f = new Feature<Point | LineString>(new Point([c.x, c.y]));
        f.set('cluster', c, true);
        return f;
      }),
    );
    spreadOut();
  }

  function spreadOut(): void {
    const c = clusters.find((x) => x.members.length > 1 && x.worst.point.code === fanned);
    if (c === undefined || c.members.length > FANNED_AT_MOST) return;
    const resolution = view.getResolution() ?? 1;
    c.members.forEach((member, i) => {
      const round = i < FIRST_ROUND ? 0 : 1;
      const n = round === 0 ? Math.min(FIRST_ROUND, c.members.length) : c.members.length - FIRST_ROUND;
      const turn = (2 * Math.PI * (round === 0 ? i : i - FIRST_ROUND)) / n - Math.PI / 2;
      const far = resolution * scale * (62 + 44 * round);
      const [x, y] = [c.x + far * Math.cos(turn), c.y - far * Math.sin(turn)];
      const mark = new Feature<Point | LineString>(new Point([x, y]));
      const alone: Cluster = {
        x,
        y,
        worst: member,
        unacked: member.unacked,
        notNormal: member.level === null && member.unheard === null ? 0 : 1,
        members: [member],
      };
      mark.set('cluster', alone, true);
      source.addFeatures([
        new Feature<Point | LineString>(
          new LineString([
            [c.x, c.y],
            [x, y],
          ]),
        ),
        mark,
      ]);
    });
  }

  return {
    layer,
    layers: [layer, names],
    get clusters() {
      return clusters;
    },
    show(next) {
      spots = next;
      cluster();
    },
    zoomed() {
      if (stepNow() === step) return false;
      fanned = null;
      cluster();
      return true;
    },
    fan(c) {
      if (c === null && fanned === null) return;
      fanned = c?.worst.point.code ?? null;
      cluster();
    },
    choose(code) {
      chosen = code;
      looks.forget();
      layer.changed();
    },
    destroy: () => clearInterval(flashing),
  };
}
