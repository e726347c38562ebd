import Feature from 'ol/Feature.js';
import Point from 'ol/geom/Point.js';
import VectorLayer from 'ol/layer/Vector.js';
import VectorSource from 'ol/source/Vector.js';
import type View from 'ol/View.js';
import { type Cluster, clustersOf, type Spot } from '../points.ts';
import type { MarkStyles } from './mark-styles.ts';

/** Least distance of two marks, pixels. */
export const APART = 46;
const FLASH = 500;

/** The marks of the points, clustered where they would stand too close; what nobody has acknowledged flashes. */
export type MarkLayer = {
  readonly layer: VectorLayer;
  /** As they are drawn now. */
  readonly clusters: readonly Cluster[];
  show(spots: readonly Spot[]): void;
  /** Anew after zooming, where the marks would stand closer or wider by a good part of their size. @returns whether they were */
  zoomed(): boolean;
  choose(code: string | null): void;
  destroy(): void;
};

export function markLayer(
  view: View,
  looks: MarkStyles,
  { still, scale }: { readonly still: boolean; readonly scale: number },
): MarkLayer {
  const source = new VectorSource<Feature<Point>>();
  let lit = true;
  let chosen: string | null = null;
  let spots: readonly Spot[] = [];
  let clusters: readonly Cluster[] = [];
  let step: number | null = null;
  let anyUnacked = false;

  const layer = new VectorLayer({
    source,
    style: (f) => looks.mark(f.get('cluster') as Cluster, { lit, chosen }),
    renderBuffer: 60,
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
        const f = new Feature(new Point([c.x, c.y]));
        f.set('cluster', c, true);
        return f;
      }),
    );
  }

  return {
    layer,
    get clusters() {
      return clusters;
    },
    show(next) {
      spots = next;
      cluster();
    },
    zoomed() {
      if (stepNow() === step) return false;
      cluster();
      return true;
    },
    choose(code) {
      chosen = code;
      looks.forget();
      layer.changed();
    },
    destroy: () => clearInterval(flashing),
  };
}
