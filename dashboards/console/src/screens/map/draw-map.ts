import { boundingExtent, isEmpty } from 'ol/extent.js';
import Feature from 'ol/Feature.js';
import Point from 'ol/geom/Point.js';
import Polygon from 'ol/geom/Polygon.js';
import DoubleClickZoom from 'ol/interaction/DoubleClickZoom.js';
import DragPan from 'ol/interaction/DragPan.js';
import KeyboardPan from 'ol/interaction/KeyboardPan.js';
import KeyboardZoom from 'ol/interaction/KeyboardZoom.js';
import MouseWheelZoom from 'ol/interaction/MouseWheelZoom.js';
import PinchZoom from 'ol/interaction/PinchZoom.js';
import VectorLayer from 'ol/layer/Vector.js';
import OlMap from 'ol/Map.js';
import { fromLonLat } from 'ol/proj.js';
import VectorSource from 'ol/source/Vector.js';
import View from 'ol/View.js';
import type { Base } from './base.ts';
import { type Label, placeLabels } from './labels.ts';
import { markStyles } from './mark-styles.ts';
import { type Cluster, clustersOf, type PointState, type Spot } from './points.ts';
import { projectionOf, tileLayer } from './tiles.ts';

export type Outline = { readonly name: string; readonly ring: readonly (readonly [number, number])[] };
export type MapDrawing = {
  show(states: readonly PointState[]): void;
  outline(areas: readonly Outline[]): void;
  /** Everything in sight. */
  whole(): void;
  goTo(lon: number, lat: number): void;
  choose(code: string | null): void;
  zoom(by: 1 | -1): void;
  destroy(): void;
};
type Needs = {
  readonly into: HTMLElement;
  readonly base: Base | null;
  /** Flashing and gliding may hurt. */
  readonly still: boolean;
  /** Drawn so many times finer, for who shows it so many times larger. */
  readonly finer?: number;
  readonly onPick: (members: readonly PointState[]) => void;
  readonly onTilesFail: () => void;
};

/** Least distance of two marks, pixels. */
const APART = 46;
const CLOSE_UP = 17;
const FLASH = 500;

/** The map on Canvas 2D: OpenLayers, with only what is used of it. */
export function drawMap(needs: Needs): MapDrawing {
  const projection = projectionOf(needs.base);
  const put = (lon: number, lat: number): number[] => fromLonLat([lon, lat], projection);

  const marks = new VectorSource<Feature<Point>>();
  const areas = new VectorSource<Feature<Polygon>>();
  const view = new View({
    projection,
    center: put(105, 35),
    zoom: 4,
    minZoom: 2,
    maxZoom: 21,
    enableRotation: false,
    constrainResolution: false,
  });
  let lit = true;
  let chosen: string | null = null;
  let spots: readonly Spot[] = [];
  let step: number | null = null;
  let shown: readonly Cluster[] = [];
  let anyUnacked = false;
  const looks = markStyles();

  const areaLayer = new VectorLayer({
    source: areas,
    style: (f) => looks.area(f.get('label') as Label | undefined, String(f.get('name'))),
  });
  const markLayer = new VectorLayer({
    source: marks,
    style: (f) => looks.mark(f.get('cluster') as Cluster, { lit, chosen }),
    renderBuffer: 60,
  });

  const map = new OlMap({
    target: needs.into,
    view,
    pixelRatio: devicePixelRatio * (needs.finer ?? 1),
    controls: [],
    interactions: [
      new DragPan(),
      new MouseWheelZoom({ duration: needs.still ? 0 : 150 }),
      new DoubleClickZoom({ duration: needs.still ? 0 : 150 }),
      new PinchZoom({ duration: 0 }),
      new KeyboardPan({ duration: 0, pixelDelta: 100 }),
      new KeyboardZoom({ duration: 0 }),
    ],
    layers: [
      ...(needs.base === null ? [] : [tileLayer(needs.base, needs.onTilesFail)]),
      areaLayer,
      markLayer,
    ],
  });

  /** Anew only when the marks would stand closer or wider by a good part of their size. */
  function cluster(always: boolean): void {
    const now = Math.round(Math.log2(view.getResolution() ?? 1) * 3);
    if (!always && now === step) return;
    step = now;
    const apart = 2 ** (now / 3) * APART;
    const clusters = clustersOf(spots, apart);
    anyUnacked = clusters.some((c) => c.unacked);
    marks.clear(true);
    marks.addFeatures(
      clusters.map((c) => {
        const f = new Feature(new Point([c.x, c.y]));
        f.set('cluster', c, true);
        return f;
      }),
    );
    needs.into.dataset.clusters = String(clusters.length);
    shown = clusters;
    name();
  }

  /** The names stand where they cover no mark; that changes with the marks, and with how close one looks. */
  function name(): void {
    const features = areas.getFeatures();
    const outlines = features.map((f) => ({
      name: String(f.get('name')),
      ring: f.getGeometry()?.getCoordinates()[0] ?? [],
    }));
    const at = shown.map((c): [number, number] => [c.x, c.y]);
    placeLabels(outlines, at, view.getResolution() ?? 1).forEach((label, i) => {
      features[i]?.set('label', label);
    });
  }

  view.on('change:resolution', () => cluster(false));
  map.on('moveend', name);
  map.on('click', (e) => {
    let found: Cluster | null = null;
    map.forEachFeatureAtPixel(
      e.pixel,
      (f) => {
        found ??= (f.get('cluster') as Cluster | undefined) ?? null;
        return found !== null;
      },
      { hitTolerance: 6, layerFilter: (l) => l === markLayer },
    );
    const c = found as Cluster | null;
    if (c === null) needs.onPick([]);
    else if (c.members.length === 1 || !spread(c)) needs.onPick(c.members);
  });
  map.on('pointermove', (e) => {
    if (e.dragging) return;
    const over = map.hasFeatureAtPixel(e.pixel, { hitTolerance: 6, layerFilter: (l) => l === markLayer });
    needs.into.style.cursor = over ? 'pointer' : '';
  });

  /** Zooms to what the cluster holds. @returns false where zooming would not part it */
  function spread(c: Cluster): boolean {
    const extent = boundingExtent(
      c.members.flatMap((m) => (m.point.place ? [put(m.point.place.lon, m.point.place.lat)] : [])),
    );
    const wide = Math.max((extent[2] ?? 0) - (extent[0] ?? 0), (extent[3] ?? 0) - (extent[1] ?? 0));
    const closest = view.getResolutionForZoom(CLOSE_UP + 3);
    if (wide < closest * APART || (view.getResolution() ?? 0) <= closest * 1.01) return false;
    view.fit(extent, { padding: [80, 80, 80, 80], maxZoom: CLOSE_UP + 3, duration: needs.still ? 0 : 250 });
    return true;
  }

  const flashing = setInterval(() => {
    if (needs.still || !anyUnacked || document.hidden) return;
    lit = !lit;
    markLayer.changed();
  }, FLASH);
  const sizes = new ResizeObserver(() => map.updateSize());
  sizes.observe(needs.into);

  return {
    show(states) {
      spots = states.flatMap((state) => {
        const p = state.point.place;
        if (p === null) return [];
        const [x = 0, y = 0] = put(p.lon, p.lat);
        return [{ x, y, state }];
      });
      cluster(true);
    },
    outline(list) {
      areas.clear(true);
      areas.addFeatures(
        list.map(({ name, ring }) => {
          const f = new Feature(new Polygon([ring.map(([lon, lat]) => put(lon, lat))]));
          f.set('name', name, true);
          return f;
        }),
      );
      cluster(true);
    },
    whole() {
      const extent = boundingExtent(spots.map((s) => [s.x, s.y]));
      if (!isEmpty(extent) || spots.length > 0)
        view.fit(extent, { padding: [70, 70, 60, 70], maxZoom: CLOSE_UP });
    },
    goTo(lon, lat) {
      view.setCenter(put(lon, lat));
      view.setResolution(Math.min(view.getResolution() ?? 1, view.getResolutionForZoom(CLOSE_UP)));
    },
    choose(code) {
      chosen = code;
      looks.forget();
      markLayer.changed();
    },
    zoom: (by) => view.setZoom((view.getZoom() ?? 4) + by),
    destroy() {
      clearInterval(flashing);
      sizes.disconnect();
      map.setTarget();
      map.dispose();
    },
  };
}
