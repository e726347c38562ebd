import { boundingExtent, isEmpty } from 'ol/extent.js';
import DoubleClickZoom from 'ol/interaction/DoubleClickZoom.js';
import DragPan from 'ol/interaction/DragPan.js';
import KeyboardPan from 'ol/interaction/KeyboardPan.js';
import KeyboardZoom from 'ol/interaction/KeyboardZoom.js';
import MouseWheelZoom from 'ol/interaction/MouseWheelZoom.js';
import PinchZoom from 'ol/interaction/PinchZoom.js';
import OlMap from 'ol/Map.js';
import { fromLonLat, getPointResolution, toLonLat } from 'ol/proj.js';
import View from 'ol/View.js';
import { addressOf } from '../../api/place.ts';
import { type Base, isServer } from './base.ts';
import { areaLayer, type Outline } from './layers/area-layer.ts';
import type { Extra, Ground } from './layers/ground.ts';
import { APART, markLayer } from './layers/mark-layer.ts';
import { markStyles } from './layers/mark-styles.ts';
import { type ShapeLayer, type Shapes, shapeLayer } from './layers/shape-layer.ts';
import { projectionOf, tileLayer } from './layers/tiles.ts';
import type { Cluster, PointState, Spot } from './points.ts';

export type MapDrawing = {
  show(states: readonly PointState[]): void;
  outline(areas: readonly Outline[]): void;
  /** Mains, galleries, basins. */
  shapes(what: Shapes): void;
  /** A layer more; those with a greater `at` lie over the others (`AT`). */
  lay<T>(make: (ground: Ground) => Extra<T>, at: number): Extra<T>;
  /** Everything in sight. */
  whole(): void;
  goTo(lon: number, lat: number): void;
  /** All of these in sight. */
  see(places: readonly (readonly [lon: number, lat: number])[]): void;
  /** What is looked at now, and how it is looked at from there on. */
  look(): LookedAt;
  lookAt(at: LookedAt): void;
  choose(code: string | null): void;
  zoom(by: 1 | -1): void;
  destroy(): void;
};
/** What lies over what. */
export const AT = { heat: 1, risks: 2, shapes: 3, areas: 4, rings: 5, marks: 6, pins: 7, ruler: 8 } as const;

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
  /** A line or an area was clicked, and no mark. */
  readonly onAsset?: (code: string) => void;
  /** Whoever measures takes the click. @returns whether it was taken */
  readonly onPlace?: (lon: number, lat: number) => boolean;
  /** It rests: how many metres a pixel is where one looks. */
  readonly onRest?: (metresAPixel: number) => void;
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
  const root = getComputedStyle(document.documentElement);
  const ground: Ground = {
    put,
    scale: needs.scale,
    colour: (name) => root.getPropertyValue(name).trim(),
  };
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
      ...marks.layers,
    ],
  });
  if (needs.base.kind === 'file') void layFile(needs.base.file);
  let shapes: ShapeLayer | null = null;
  areas.layer.setZIndex(AT.areas);
  for (const layer of marks.layers) layer.setZIndex(AT.marks);
  let spots: readonly Spot[] = [];
  let gone = false;
  /** Somebody has said where to look. */
  let isPlaced = false;

  /** Beneath everything else, as soon as its head has been read. */
  async function layFile(name: string): Promise<void> {
    // Of the frames, as below: how long it took, and no time of day.
    const began = Number(document.timeline.currentTime ?? 0);
    try {
      // Apart: who has no base map, or that of a server, never loads it.
      const { fileLayer } = await import('./layers/file-layer.ts');
      const url = addressOf(`/api/v1/map/files/${encodeURIComponent(name)}`);
      const { layer, bounds, attribution } = await fileLayer(url, {
        dark: needs.dark,
        scale: needs.scale,
        onTrouble: needs.onTilesFail,
        // Drawn with the frame after the last tile came.
        onComplete: () =>
          requestAnimationFrame((frame) => {
            needs.into.dataset.baseMs ??= String(Math.round(frame - began));
          }),
      });
      if (gone) return;
      map.getLayers().insertAt(0, layer);
      const [west, south, east, north] = bounds;
      // Until the points are there the city is: who opens the map sees something at once.
      if (!isPlaced) view.fit(boundingExtent([put(west, south), put(east, north)]));
      needs.onAttribution?.(attribution);
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
  map.on('moveend', () => {
    name();
    needs.onRest?.(
      getPointResolution(projection, view.getResolution() ?? 1, view.getCenter() ?? [0, 0], 'm'),
    );
  });

  const onMarks = { hitTolerance: 6, layerFilter: (l: unknown) => l === marks.layer };
  map.on('click', (e) => {
    const [lon = 0, lat = 0] = toLonLat(e.coordinate, projection);
    if (needs.onPlace?.(lon, lat) === true) return;
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
    marks.fan(null);
    const asset = c === null ? (shapes?.at(e.coordinate, (view.getResolution() ?? 1) * 7) ?? null) : null;
    if (asset !== null) needs.onAsset?.(asset);
    else if (c === null) needs.onPick([]);
    else if (c.members.length === 1) needs.onPick(c.members);
    else if (!spread(c)) {
      marks.fan(c);
      needs.onPick(c.members);
    }
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
    shapes(what) {
      if (shapes === null) {
        shapes = shapeLayer(ground);
        shapes.layer.setZIndex(AT.shapes);
        map.addLayer(shapes.layer);
      }
      shapes.show(what);
      needs.into.dataset.shapes = String(what.assets.length);
    },
    lay(make, at) {
      const made = make(ground);
      made.layer.setZIndex(at);
      map.addLayer(made.layer);
      return made;
    },
    whole() {
      isPlaced = true;
      const extent = boundingExtent(spots.map((s) => [s.x, s.y]));
      if (!isEmpty(extent) || spots.length > 0)
        view.fit(extent, { padding: [70, 70, 60, 70], maxZoom: CLOSE_UP });
    },
    see(places) {
      isPlaced = true;
      const extent = boundingExtent(places.map(([lon, lat]) => put(lon, lat)));
      if (places.length > 0) view.fit(extent, { padding: [90, 70, 70, 70], maxZoom: CLOSE_UP });
    },
    goTo(lon, lat) {
      isPlaced = true;
      view.setCenter(put(lon, lat));
      view.setResolution(Math.min(view.getResolution() ?? 1, view.getResolutionForZoom(CLOSE_UP)));
    },
    look() {
      const [lon = 0, lat = 0] = toLonLat(view.getCenter() ?? [0, 0], projection);
      return { lon, lat, zoom: view.getZoom() ?? 4 };
    },
    lookAt({ lon, lat, zoom }) {
      isPlaced = true;
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
