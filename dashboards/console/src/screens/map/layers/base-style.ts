import CircleStyle from 'ol/style/Circle.js';
import Fill from 'ol/style/Fill.js';
import RegularShape from 'ol/style/RegularShape.js';
import Stroke from 'ol/style/Stroke.js';
import Style from 'ol/style/Style.js';
import Text from 'ol/style/Text.js';
import { FONT } from './ground.ts';

/** What of a feature of a vector tile is asked for; `layer` is the layer that it is in. */
type Drawn = { get(key: string): unknown; getGeometry(): { getType(): string } | undefined };

/**
 * A quiet ground: nothing on it is as strong as what is wrong. By the names that Protomaps and OpenMapTiles give their
 * layers, and `pipes` and `fittings`, which are ours (docs/map.md).
 */
const LIGHT = {
  water: '#c5d2dc',
  green: '#d6dfd2',
  built: '#dfe2e5',
  works: '#dcdadf',
  building: '#d0d5d9',
  casing: '#c0c7cd',
  highway: '#f7f2e6',
  road: '#f8f9fa',
  rail: '#9aa3ab',
  border: '#98a1a9',
  text: '#4b5661',
  waterText: '#4a6a84',
  halo: '#eceef0',
  gas: '#b39a55',
  waterPipe: '#6f95b5',
  drain: '#8c9a80',
};
const DARK: typeof LIGHT = {
  water: '#152838',
  green: '#1f2b27',
  built: '#20262d',
  works: '#25262f',
  building: '#2a323a',
  casing: '#14181c',
  highway: '#4a4a45',
  road: '#39424b',
  rail: '#5b656e',
  border: '#56616b',
  text: '#9ba6b0',
  waterText: '#6d8ea8',
  halo: '#171b20',
  gas: '#8a7840',
  waterPipe: '#44677f',
  drain: '#5c6a52',
};

const GREEN = /park|forest|wood|grass|garden|cemetery|pitch|golf|meadow|scrub|nature|farm|orchard|green/;
const WORKS = /industrial|commercial|railway|military|quarry/;

/** How a vector base map is drawn. @param zoom of the view now */
export function baseStyle({ dark, scale }: { readonly dark: boolean; readonly scale: number }) {
  const ink = dark ? DARK : LIGHT;
  const fill = (color: string, zIndex: number) => new Style({ fill: new Fill({ color }), zIndex });
  const plain = {
    water: fill(ink.water, 3),
    green: fill(ink.green, 2),
    built: fill(ink.built, 1),
    works: fill(ink.works, 2),
    building: fill(ink.building, 4),
  };
  const kept = new Map<string, Style[]>();
  const keep = (key: string, make: () => Style[]): Style[] => {
    const known = kept.get(key);
    if (known) return known;
    if (kept.size > 6_000) kept.clear();
    const made = make();
    kept.set(key, made);
    return made;
  };
  const line = (color: string, width: number, zIndex: number, lineDash?: number[]): Style =>
    new Style({
      zIndex,
      stroke: new Stroke({ color, width: width * scale, ...(lineDash ? { lineDash, lineCap: 'butt' } : {}) }),
    });
  const word = (text: string, size: number, color: string, along: boolean): Style =>
    new Style({
      zIndex: 100 + size,
      text: new Text({
        text,
        font: `${size * scale}px ${FONT}`,
        placement: along ? 'line' : 'point',
        fill: new Fill({ color }),
        stroke: new Stroke({ color: ink.halo, width: 3 }),
        overflow: false,
        maxAngle: 0.5,
        repeat: along ? 420 * scale : undefined,
      } as ConstructorParameters<typeof Text>[0]),
    });

  function road(f: Drawn, zoom: number): Style[] {
    const kind = kindOf(f);
    const at = Math.max(0, Math.min(8, Math.floor(zoom) - 10));
    const name = nameOf(f);
    if (/rail|subway|tram|transit/.test(kind))
      return keep(`rail ${at}`, () => [
        line(ink.rail, 1 + at * 0.25, 8),
        line(ink.halo, 0.5 + at * 0.2, 9, [6, 6]),
      ]);
    const rank = rankOf(kind);
    const named = name !== '' && zoom >= (rank === 3 ? 16 : rank === 2 ? 14 : 13);
    return keep(`road ${rank} ${at} ${named ? name : ''}`, () => {
      const width = [0, 0.9, 0.55, 0.3][rank] ?? 0.3;
      const wide = width * (1 + at * at * 0.28);
      const color = rank === 1 ? ink.highway : ink.road;
      return [
        line(ink.casing, wide + (rank === 3 ? 0.6 : 1.6), 5),
        line(color, wide, 10 - rank),
        ...(named ? [word(name, rank === 3 ? 11 : 12, ink.text, true)] : []),
      ];
    });
  }

  function place(f: Drawn, zoom: number): Style[] {
    const [kind, name] = [kindOf(f), nameOf(f)];
    const size = /city|locality|town/.test(kind) ? 17 : /county|district|borough/.test(kind) ? 15 : 12;
    if (name === '' || (size === 17 && zoom > 13.5) || (size === 15 && zoom > 15)) return [];
    return keep(`place ${size} ${name}`, () => [word(name, size, ink.text, false)]);
  }

  function pipe(f: Drawn, zoom: number): Style[] {
    const kind = kindOf(f);
    const at = Math.max(0, Math.min(5, Math.floor(zoom) - 13));
    return keep(`pipe ${kind} ${at}`, () => {
      const color = /gas/.test(kind) ? ink.gas : /drain|sewer|rain/.test(kind) ? ink.drain : ink.waterPipe;
      return [line(color, 0.8 + at * 0.35, 11, /drain|sewer|rain/.test(kind) ? [7, 3] : undefined)];
    });
  }

  /** A valve is a diamond, a hydrant a ring: small, and grey as all that lies beneath. */
  function fitting(kind: string): Style[] {
    return keep(`fitting ${kind}`, () => {
      const look = {
        fill: new Fill({ color: ink.halo }),
        stroke: new Stroke({ color: ink.text, width: 1.2 }),
      };
      const image = /valve/.test(kind)
        ? new RegularShape({ ...look, points: 4, radius: 4.5 * scale })
        : new CircleStyle({ ...look, radius: 3 * scale });
      return [new Style({ zIndex: 13, image })];
    });
  }

  return (f: Drawn, zoom: number): Style[] => {
    const layer = String(f.get('layer') ?? '');
    const shape = f.getGeometry()?.getType() ?? '';
    const isArea = /Polygon/.test(shape);
    if (/^(water|ocean|waterway)/.test(layer)) {
      if (isArea) return [plain.water];
      const name = nameOf(f);
      const along = shape !== 'Point';
      return keep(`water ${along} ${name} ${zoom >= 12}`, () => [
        ...(along ? [line(ink.water, 1.5, 3)] : []),
        ...(name !== '' && zoom >= 12 ? [word(name, 13, ink.waterText, along)] : []),
      ]);
    }
    if (/^(roads?|transportation|transit)/.test(layer)) return road(f, zoom);
    if (/^buildings?$/.test(layer)) return isArea && zoom >= 14 ? [plain.building] : [];
    if (/^(landuse|landcover|natural|park)/.test(layer)) {
      if (!isArea) return [];
      const kind = layer === 'park' ? 'park' : kindOf(f);
      return [GREEN.test(kind) ? plain.green : WORKS.test(kind) ? plain.works : plain.built];
    }
    if (/^(boundaries|boundary)/.test(layer))
      return keep('border', () => [line(ink.border, 1.2, 12, [8, 4, 2, 4])]);
    if (layer === 'pipes') return zoom >= 14 ? pipe(f, zoom) : [];
    if (layer === 'fittings') return zoom >= 15.5 ? fitting(kindOf(f)) : [];
    if (/^places?$/.test(layer)) return place(f, zoom);
    return [];
  };
}

const kindOf = (f: Drawn): string => String(f.get('kind') ?? f.get('class') ?? f.get('subclass') ?? '');
/** Chinese where the tiles have it. */
const nameOf = (f: Drawn): string =>
  String(f.get('name:zh') ?? f.get('name:zh-Hans') ?? f.get('name_zh') ?? f.get('name') ?? '');
const rankOf = (kind: string): 1 | 2 | 3 =>
  /highway|motorway|trunk/.test(kind) ? 1 : /major|primary|secondary|tertiary/.test(kind) ? 2 : 3;
