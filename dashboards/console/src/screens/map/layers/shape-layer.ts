import Feature from 'ol/Feature.js';
import type Geometry from 'ol/geom/Geometry.js';
import LineString from 'ol/geom/LineString.js';
import MultiLineString from 'ol/geom/MultiLineString.js';
import Point from 'ol/geom/Point.js';
import VectorImageLayer from 'ol/layer/VectorImage.js';
import VectorSource from 'ol/source/Vector.js';
import Fill from 'ol/style/Fill.js';
import RegularShape from 'ol/style/RegularShape.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import Text from 'ol/style/Text.js';
import type { AssetShape } from '../shapes.ts';
import { drawnOf } from './drawn.ts';
import { type Extra, FONT, type Ground } from './ground.ts';

export type Shapes = {
  readonly assets: readonly AssetShape[];
  /** The worst level on it, of those that have one. */
  readonly levels: ReadonlyMap<string, 1 | 2 | 3 | 4>;
  readonly chosen: string | null;
};
export type ShapeLayer = Extra<Shapes> & {
  /** The asset whose line or area is nearest to a place, within so many pixels. */
  at(place: readonly number[], within: number): string | null;
};

/** Metres a pixel, about: closer than this lines have arrows, and names. */
const ARROWS = 4;
const NAMES = 2.4;
const APART = 130;

/** One line's ink by its lifeline: told apart from one another, and from nothing that is wrong. */
const INKS = ['#8a7a4f', '#5f7f96', '#6f8a6a', '#8b6f86', '#7d7f83', '#9a7560'] as const;

/** Mains, galleries, basins. An image of them is moved while the map is, and drawn anew when it rests. */
export function shapeLayer(ground: Ground): ShapeLayer {
  const source = new VectorSource<Feature<Geometry>>();
  const { scale } = ground;
  let levels: Shapes['levels'] = new Map();
  let chosen: string | null = null;
  let shown: readonly AssetShape[] | null = null;
  const inks = new Map<string, string>();
  const kept = new Map<string, Style>();
  const text = ground.colour('--text');
  const field = ground.colour('--field');

  const inkOf = (lifeline: string): string => {
    const known = inks.get(lifeline);
    if (known !== undefined) return known;
    const ink = INKS[inks.size % INKS.length] as string;
    inks.set(lifeline, ink);
    return ink;
  };
  const stroke = (color: string, width: number, zIndex: number, fill?: string): Style => {
    const key = `${color} ${width} ${zIndex} ${fill ?? ''}`;
    const known = kept.get(key);
    if (known) return known;
    const style = new Style({
      zIndex,
      stroke: new Stroke({ color, width: width * scale }),
      ...(fill === undefined ? {} : { fill: new Fill({ color: fill }) }),
    });
    kept.set(key, style);
    return style;
  };

  function styleOf(f: Feature<Geometry>, resolution: number): Style[] {
    const asset = f.get('asset') as AssetShape;
    const level = levels.get(asset.code);
    const ink = level === undefined ? inkOf(asset.lifeline) : ground.colour(`--level-${level}`);
    const isArea = asset.geometry.type === 'Polygon' || asset.geometry.type === 'MultiPolygon';
    const width = (level === undefined ? 1.4 : 3.2) + (resolution < 5 ? 1.4 : resolution < 20 ? 0.6 : 0);
    const isChosen = asset.code === chosen;
    const styles = [
      stroke(
        ink,
        width,
        isChosen ? 10 : level === undefined ? 1 : 8 - level,
        isArea ? `${ink}40` : undefined,
      ),
    ];
    if (isChosen) styles.unshift(stroke(text, width + 5, 9));
    if (resolution > ARROWS) return styles;
    if (asset.flow !== null) styles.push(...arrows(f.getGeometry(), asset.flow, ink, resolution));
    if (resolution < NAMES && asset.name !== '')
      styles.push(
        new Style({
          zIndex: 20,
          text: new Text({
            text: asset.name,
            font: `${12 * scale}px ${FONT}`,
            placement: isArea ? 'point' : 'line',
            textBaseline: isArea ? 'middle' : 'bottom',
            fill: new Fill({ color: text }),
            stroke: new Stroke({ color: field, width: 3 }),
            overflow: false,
          }),
        }),
      );
    return styles;
  }

  function arrows(
    geometry: Geometry | undefined,
    flow: 'along' | 'against',
    color: string,
    resolution: number,
  ): Style[] {
    const lines =
      geometry instanceof LineString
        ? [geometry]
        : geometry instanceof MultiLineString
          ? geometry.getLineStrings()
          : [];
    return lines.flatMap((line) => {
      const long = line.getLength() / (resolution * scale);
      const n = Math.min(40, Math.floor(long / APART) + (long > 40 ? 1 : 0));
      return Array.from({ length: n }, (_, i) => {
        const t = (i + 0.5) / n;
        const here = line.getCoordinateAt(t);
        const next = line.getCoordinateAt(Math.min(1, t + 0.002));
        const turn =
          Math.atan2((next[0] ?? 0) - (here[0] ?? 0), (next[1] ?? 0) - (here[1] ?? 0)) +
          (flow === 'along' ? 0 : Math.PI);
        return new Style({
          geometry: new Point(here),
          zIndex: 12,
          image: new RegularShape({
            points: 3,
            radius: 7 * scale,
            rotation: turn,
            rotateWithView: true,
            fill: new Fill({ color }),
            stroke: new Stroke({ color: field, width: 1.5 }),
          }),
        });
      });
    });
  }

  const layer = new VectorImageLayer({
    source,
    imageRatio: 1.5,
    declutter: 'shapes',
    style: (f, resolution) => styleOf(f as Feature<Geometry>, resolution),
  });

  return {
    layer,
    show(what) {
      levels = what.levels;
      chosen = what.chosen;
      // Fifty thousand of them are not made anew because one of them is chosen.
      if (what.assets === shown) return layer.changed();
      shown = what.assets;
      source.clear(true);
      source.addFeatures(
        what.assets.map((asset) => {
          const f = new Feature(drawnOf(asset, ground));
          f.set('asset', asset, true);
          return f;
        }),
      );
    },
    at([x = 0, y = 0], within) {
      let nearest: string | null = null;
      let least = within * within;
      source.forEachFeatureInExtent([x - within, y - within, x + within, y + within], (f) => {
        const shape = f.getGeometry();
        const [nx = 0, ny = 0] = shape?.getClosestPoint([x, y]) ?? [];
        const border = (nx - x) ** 2 + (ny - y) ** 2;
        // Within an area, unless a line is nearer than its border.
        const far = shape?.intersectsCoordinate([x, y]) === true ? Math.min(border, least) : border;
        if (far > least) return;
        least = far;
        nearest = (f.get('asset') as AssetShape).code;
      });
      return nearest;
    },
  };
}
