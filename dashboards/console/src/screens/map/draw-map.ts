import { boundingExtent, isEmpty } from 'ol/extent.js';
import DoubleClickZoom from 'ol/interaction/DoubleClickZoom.js';
import DragPan from 'ol/interaction/DragPan.js';
import KeyboardPan from 'ol/interaction/KeyboardPan.js';
import KeyboardZoom from 'ol/interaction/KeyboardZoom.js';
import MouseWheelZoom from 'ol/interaction/MouseWheelZoom.js';
import PinchZoom from 'ol/interaction/PinchZoom.js';
import OlMap from 'ol/Map.js';
import { fromLonLat, toLonLat } from 'ol/proj.js';
import View from 'ol/View.js';
import { addressOf } from '../../api/place.ts';
import { type Base, isServer } from './base.ts';
import { areaLayer, type Outline } from './layers/area-layer.ts';
import { APART, markLayer } from './layers/mark-layer.ts';
import { markStyles } from './layers/mark-styles.ts';
import { projectionOf, tileLayer } from './layers/tiles.ts';
import type { Cluster, PointState, Spot } from './points.ts';

export type MapDrawing = {
  show(states: readonly PointState[]): void;
  outline(areas: readonly Outline[]): void;
  /** Everything in sight. */
  whole(): void;
  goTo(lon: number, lat: number): void;
  /** What is looked at now, and how it is looked at from there on. */
  look(): LookedAt;
  lookAt(at: LookedAt): void;
  choose(code: string | null): void;
  zoom(by: 1 | -1): void;
  destroy(): void;
};
export type LookedAt = { readonly lon: number; readonly lat: number; readonly zoom: number };
type Needs = {
  readonly into: HTMLElement;
  readonly base: Base;
  /** Of the theme. */
  readonly dark: boolean;
  /** Flashing and gliding may hurt. */
  readonly still: boolean;
  /** Of its text and marks. */
  readonly scale: number;
  /** Drawn so many times finer, for who shows it so many times larger. */
  readonly finer?: number;
  readonly onPick: (members: readonly PointState[]) => void;
  readonly onTilesFail: () => void;
  /** Whose the base map is, as its file says. */
  readonly onAttribution?: (whose: string) => void;
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
      ...(isServer(needs.base) ? [tileLayer(needs.base, needs.onTilesFail)] : []),
      areas.layer,
      marks.layer,
    ],
  });
  if (needs.base.kind === 'file') void layFile(needs.base.file);
  let spots: readonly Spot[] = [];
  let gone = false;

  /** Beneath everything else, as soon as its head has been read. */
  async function layFile(name: string): Promise<void> {
    const began = performance.now();
    try {
      // Apart: who has no base map, or that of a server, never loads it.
      const { fileLayer } = await import('./layers/file-layer.ts');
      const url = addressOf(`/api/v1/map/files/${encodeURIComponent(name)}`);
      const { layer, attribution } = await fileLayer(url, {
        dark: needs.dark,
        scale: needs.scale,
        onTrouble: needs.onTilesFail,
      });
      if (gone) return;
      map.getLayers().insertAt(0, layer);
      needs.onAttribution?.(attribution);
      map.once('rendercomplete', () => {
        needs.into.dataset.baseMs = String(Math.round(performance.now() - began));
      });
    } catch {
      if (!gone) needs.onTilesFail();
    }
  }

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
    look() {
      const [lon = 0, lat = 0] = toLonLat(view.getCenter() ?? [0, 0], projection);
      return { lon, lat, zoom: view.getZoom() ?? 4 };
    },
    lookAt({ lon, lat, zoom }) {
      view.setCenter(put(lon, lat));
      view.setZoom(zoom);
    },
    choose: (code) => marks.choose(code),
    zoom: (by) => view.setZoom((view.getZoom() ?? 4) + by),
    destroy() {
      gone = true;
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
