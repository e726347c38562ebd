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
import CircleStyle from 'ol/style/Circle.js';
import Fill from 'ol/style/Fill.js';
import RegularShape from 'ol/style/RegularShape.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import Text from 'ol/style/Text.js';
import View from 'ol/View.js';
import type { Level } from '../../state/sounding.ts';
import type { Base } from './base.ts';
import { type Label, placeLabels } from './labels.ts';
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
const FONT = '"Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
const CLOSE_UP = 17;
const FLASH = 500;

/** The map on Canvas 2D: OpenLayers, with only what is used of it. */
export function drawMap(needs: Needs): MapDrawing {
  const root = getComputedStyle(document.documentElement);
  const colour = (name: string): string => root.getPropertyValue(name).trim();
  const paint = {
    text: colour('--text'),
    muted: colour('--muted'),
    field: colour('--field'),
    panel: colour('--panel'),
    bad: colour('--bad'),
    level: (l: Level) => colour(`--level-${l}`),
  };
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
  const kept = new Map<string, Style[]>();

  const areaLayer = new VectorLayer({
    source: areas,
    style: (f) => [
      new Style({ stroke: new Stroke({ color: paint.muted, width: 1, lineDash: [4, 4] }) }),
      // Beside its area: in the middle it would lie under the marks.
      ...nameOf(f.get('label') as Label | undefined, String(f.get('name'))),
    ],
  });
  function nameOf(label: Label | undefined, name: string): Style[] {
    if (label === undefined) return [];
    return [
      new Style({
        geometry: new Point([...label.at]),
        text: new Text({
          text: name,
          font: `13px ${FONT}`,
          textAlign: label.align,
          offsetX: label.offset[0],
          offsetY: label.offset[1],
          fill: new Fill({ color: paint.muted }),
          stroke: new Stroke({ color: paint.field, width: 3 }),
          overflow: true,
        }),
      }),
    ];
  }
  const markLayer = new VectorLayer({
    source: marks,
    style: (f) => styleOf(f.get('cluster') as Cluster),
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

  function styleOf(c: Cluster): Style[] {
    const { level, unheard } = c.worst;
    const n = c.members.length;
    const isChosen = chosen !== null && c.members.some((m) => m.point.code === chosen);
    const key = [level ?? '', unheard === null ? '' : 'o', n, c.notNormal, c.unacked && lit, isChosen].join(
      '|',
    );
    const known = kept.get(key);
    if (known) return known;
    const made = stylesFor(c, level, unheard !== null, n, isChosen);
    if (kept.size > 4_000) kept.clear();
    kept.set(key, made);
    return made;
  }

  function stylesFor(
    c: Cluster,
    level: Level | null,
    hollow: boolean,
    n: number,
    isChosen: boolean,
  ): Style[] {
    const styles: Style[] = [];
    const grave = 10 - rank(c);
    if (isChosen)
      styles.push(
        new Style({
          zIndex: grave,
          image: new CircleStyle({ radius: 22, stroke: new Stroke({ color: paint.text, width: 3 }) }),
        }),
      );
    if (level !== null) {
      const ink = paint.level(level);
      styles.push(
        new Style({
          zIndex: grave,
          image: shape(level, n > 1 ? 15 : 12, {
            fill: new Fill({ color: hollow ? paint.panel : ink }),
            stroke: hollow
              ? new Stroke({ color: ink, width: 3, lineDash: [5, 3] })
              : new Stroke({
                  color: c.unacked && lit ? paint.text : '#000',
                  width: c.unacked && lit ? 4 : 1.5,
                }),
          }),
          text: new Text({
            text: String(level),
            font: `bold 14px ${FONT}`,
            offsetY: level === 2 ? 3 : 1,
            fill: new Fill({ color: hollow ? paint.text : '#000' }),
          }),
        }),
      );
    } else if (hollow)
      styles.push(
        new Style({
          zIndex: grave,
          image: new CircleStyle({
            radius: n > 1 ? 13 : 8,
            fill: new Fill({ color: paint.field }),
            stroke: new Stroke({ color: paint.bad, width: 2.5, lineDash: [4, 3] }),
          }),
        }),
      );
    else
      styles.push(
        new Style({
          zIndex: grave,
          image: new CircleStyle({
            radius: n > 1 ? (n > 99 ? 17 : 14) : 6,
            fill: new Fill({ color: n > 1 ? paint.panel : paint.muted }),
            stroke: new Stroke({ color: n > 1 ? paint.muted : paint.field, width: 1.5 }),
          }),
          ...(n > 1
            ? {
                text: new Text({
                  text: String(n),
                  offsetY: 1,
                  font: `12px ${FONT}`,
                  fill: new Fill({ color: paint.text }),
                }),
              }
            : {}),
        }),
      );
    if (n > 1 && c.notNormal > 0)
      styles.push(
        new Style({
          zIndex: grave,
          text: new Text({
            text: `${c.notNormal}/${n}`,
            offsetY: 23,
            font: `12px ${FONT}`,
            fill: new Fill({ color: paint.text }),
            stroke: new Stroke({ color: paint.field, width: 3 }),
          }),
        }),
      );
    return styles;
  }

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
      kept.clear();
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

const rank = (c: Cluster): number =>
  c.worst.level !== null ? c.worst.level : c.worst.unheard !== null ? 5 : 6;

/** ■ ▲ ◆ ●, as everywhere. */
function shape(
  level: Level,
  radius: number,
  look: { fill: Fill; stroke: Stroke },
): CircleStyle | RegularShape {
  switch (level) {
    case 1:
      return new RegularShape({ ...look, points: 4, radius: radius * 1.25, angle: Math.PI / 4 });
    case 2:
      return new RegularShape({ ...look, points: 3, radius: radius * 1.35 });
    case 3:
      return new RegularShape({ ...look, points: 4, radius: radius * 1.25 });
    case 4:
      return new CircleStyle({ ...look, radius });
  }
}
