import { boundingExtent, isEmpty } from 'ol/extent.js';
import DoubleClickZoom from 'ol/interaction/DoubleClickZoom.js';
import DragPan from 'ol/interaction/DragPan.js';
import KeyboardPan from 'ol/interaction/KeyboardPan.js';
import KeyboardZoom from 'ol/interaction/KeyboardZoom.js';
import MouseWheelZoom from 'ol/interaction/MouseWheelZoom.js';
import PinchZoom from 'ol/interaction/PinchZoom.js';
import OlMap from 'ol/Map.js';
import { fromLonLat } from 'ol/proj.js';
import View from 'ol/View.js';
import { areaLayer, type Outline } from './area-layer.ts';
import type { Base } from './base.ts';
import { APART, markLayer } from './mark-layer.ts';
import { markStyles } from './mark-styles.ts';
import type { Cluster, PointState, Spot } from './points.ts';
import { projectionOf, tileLayer } from './tiles.ts';

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
  /** Of its text and marks. */
  readonly scale: number;
  /** Drawn so many times finer, for who shows it so many times larger. */
  readonly finer?: number;
  readonly onPick: (members: readonly PointState[]) => void;
  readonly onTilesFail: () => void;
};

const CLOSE_UP = 17;

/** The map on Canvas 2D: OpenLayers, with only what is used of it. */
export function drawMap(needs: Needs): MapDrawing {
  const projection = projectionOf(needs.base);
  const put = (lon: number, lat: number): number[] => fromLonLat([lon, lat], projection);
  const view = new View({
    projection,
    center: put(105, 35),
    zoom: 4,
    minZoom: 2,
    maxZoom: 21,
    enableRotation: false,
    constrainResolution: false,
  });
  const looks = markStyles(needs.scale);
  const areas = areaLayer(put, looks);
  const marks = markLayer(view, looks, needs);
  const map = new OlMap({
    target: needs.into,
    view,
    pixelRatio: devicePixelRatio * (needs.finer ?? 1),
    controls: [],
    interactions: interactions(needs.still),
    layers: [
      ...(needs.base === null ? [] : [tileLayer(needs.base, needs.onTilesFail)]),
      areas.layer,
      marks.layer,
    ],
  });
  let spots: readonly Spot[] = [];

  function sightOf(): number[] | null {
    const size = map.getSize();
    return size === undefined || size.some((v) => v <= 0) ? null : view.calculateExtent(size);
  }
  const name = (): void =>
    areas.name(
      marks.clusters.map((c) => [c.x, c.y]),
      { resolution: view.getResolution() ?? 1, scale: needs.scale, seen: sightOf() },
    );
  function drawn(): void {
    needs.into.dataset.clusters = String(marks.clusters.length);
    name();
  }
  view.on('change:resolution', () => {
    if (marks.zoomed()) drawn();
  });
  map.on('moveend', name);

  const onMarks = { hitTolerance: 6, layerFilter: (l: unknown) => l === marks.layer };
  map.on('click', (e) => {
    let found: Cluster | null = null;
    map.forEachFeatureAtPixel(
      e.pixel,
      (f) => {
        found ??= (f.get('cluster') as Cluster | undefined) ?? null;
        return found !== null;
      },
      onMarks,
    );
    const c = found as Cluster | null;
    if (c === null) needs.onPick([]);
    else if (c.members.length === 1 || !spread(c)) needs.onPick(c.members);
  });
  map.on('pointermove', (e) => {
    if (!e.dragging) needs.into.style.cursor = map.hasFeatureAtPixel(e.pixel, onMarks) ? 'pointer' : '';
  });

  /** Zooms to what the cluster holds. @returns false where zooming would not part it */
  function spread(c: Cluster): boolean {
    const extent = boundingExtent(
      c.members.flatMap((m) => (m.point.place ? [put(m.point.place.lon, m.point.place.lat)] : [])),
    );
    const wide = Math.max((extent[2] ?? 0) - (extent[0] ?? 0), (extent[3] ?? 0) - (extent[1] ?? 0));
    const closest = view.getResolutionForZoom(CLOSE_UP + 3);
    if (wide < closest * APART * needs.scale || (view.getResolution() ?? 0) <= closest * 1.01) return false;
    view.fit(extent, { padding: [80, 80, 80, 80], maxZoom: CLOSE_UP + 3, duration: needs.still ? 0 : 250 });
    return true;
  }

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
      marks.show(spots);
      drawn();
    },
    outline(list) {
      areas.outline(list);
      name();
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
    choose: (code) => marks.choose(code),
    zoom: (by) => view.setZoom((view.getZoom() ?? 4) + by),
    destroy() {
      marks.destroy();
      sizes.disconnect();
      map.setTarget();
      map.dispose();
    },
  };
}

const interactions = (still: boolean) => [
  new DragPan(),
  new MouseWheelZoom({ duration: still ? 0 : 150 }),
  new DoubleClickZoom({ duration: still ? 0 : 150 }),
  new PinchZoom({ duration: 0 }),
  new KeyboardPan({ duration: 0, pixelDelta: 100 }),
  new KeyboardZoom({ duration: 0 }),
];
