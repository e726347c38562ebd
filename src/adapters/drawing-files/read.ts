import { createHash } from 'node:crypto';
import type { Geometry, Path, Position, Reference } from '../../domain/register/geometry.ts';
import type { Bilingual } from '../../domain/text.ts';
import type { DrawingAsk } from '../../wire/files/drawing.ts';
import type { DrawingFault, DrawingRead } from '../../wire/files/drawing-read.ts';
import type { RegisterDraft } from '../../wire/files/register-csv.ts';
import { codeIn, lifelineIn, lineIn } from '../../wire/http/shapes.ts';
import { readDxf } from './dxf-file.ts';
import { readGeoJson } from './geojson.ts';
import { BadDrawing, type RawDrawing, type RawFeature } from './raw.ts';
import { referenceOf, type ToDegrees } from './reference.ts';
import { readShapefile } from './shapefile.ts';

const FEATURES_AT_MOST = 100_000;
const ATTRIBUTES_AT_MOST = 40;
const CODES = [
  'code',
  '编码',
  '编号',
  '管线编码',
  '管线编号',
  '管段编号',
  'gxbh',
  'bm',
  'bh',
  'id',
  'guid',
  'objectid',
  'fid',
];
const NAMES = ['name', '名称', '管线名称', '设施名称', 'mc', 'label'];
const OWNERS = ['owner', '权属单位', '权属', 'qsdw'];
const LIFELINES = ['lifeline', '业务专项'];
const AREAS = ['area', '区域编码', '行政区划代码'];
const FLOWS = ['flow', '流向', 'lx'];
/** As registers of drains write it: 0 along, 1 against (CJJ 61). */
const ALONG: Readonly<Record<string, string>> = {
  along: 'along',
  '0': 'along',
  '+': 'along',
  顺: 'along',
  顺向: 'along',
  against: 'against',
  '1': 'against',
  '-': 'against',
  逆: 'against',
  逆向: 'against',
};

/** Reads a drawing; what is wrong with it is told feature by feature, and the good ones are there all the same. */
export function readDrawing(bytes: Uint8Array, ask: DrawingAsk, fileName: string): DrawingRead {
  let raw: RawDrawing | null = null;
  try {
    raw = rawOf(bytes);
    const wanted = chosenOf(raw, ask);
    const sample = wanted.flatMap(({ f }) => firstOf(f)).slice(0, 500);
    const to = referenceOf(ask.crs, raw.says, ask.swap === true ? sample.map(swapped) : sample);
    return new Reading(raw, { ...ask, to, fileName }).run(wanted);
  } catch (cause) {
    if (!(cause instanceof BadDrawing)) throw cause;
    return {
      kind: raw?.kind ?? null,
      features: raw?.features.length ?? 0,
      drafts: [],
      faults: [{ feature: 0, code: cause.code, say: cause.say }],
      crs: null,
      bounds: null,
      fields: raw === null ? [] : fieldsOf(raw),
      layers: raw?.layers ?? [],
    };
  }
}

function rawOf(bytes: Uint8Array): RawDrawing {
  const head = Buffer.from(bytes.subarray(0, 4_096)).toString('latin1').trimStart();
  if (head.startsWith('PK\u0003\u0004')) return readShapefile(bytes);
  if (head.startsWith('{') || head.startsWith('\u00ef\u00bb\u00bf{')) return readGeoJson(bytes);
  if (head.startsWith('AutoCAD Binary') || /^(999\s[^\n]*\n\s*)*0\s*\r?\n\s*SECTION/.test(head))
    return readDxf(bytes);
  if (head.startsWith('AC10'))
    throw new BadDrawing(
      'drawing-is-dwg',
      '是 DWG：请在 CAD 中另存为 DXF',
      'It is DWG: save it as DXF in the CAD program.',
    );
  throw new BadDrawing(
    'drawing-unknown',
    '无法识别：须为 GeoJSON、Shapefile（.shp、.dbf、.prj 打成 zip）或 ASCII DXF',
    'It is none that is known: GeoJSON, a Shapefile (.shp, .dbf, .prj in one zip) or ASCII DXF would be right.',
  );
}

type Wanted = { readonly f: RawFeature; readonly feature: number };

function chosenOf(raw: RawDrawing, ask: DrawingAsk): readonly Wanted[] {
  if (raw.features.length > FEATURES_AT_MOST)
    throw new BadDrawing(
      'drawing-too-many',
      `有 ${raw.features.length} 个要素，至多 ${FEATURES_AT_MOST} 个：请分成几个文件`,
      `It has ${raw.features.length} features, ${FEATURES_AT_MOST} at most: part it into several files.`,
    );
  const layers = ask.layers?.split(/[,，]/).map((l) => l.trim());
  const wanted = raw.features
    .map((f, i) => ({ f, feature: i + 1 }))
    .filter(({ f }) => raw.kind !== 'DXF' || layers === undefined || layers.includes(String(f.fields.layer)));
  if (wanted.length === 0)
    throw new BadDrawing(
      'drawing-empty',
      `没有可用的点、线、面${layers === undefined ? '' : `；图层有：${raw.layers.slice(0, 30).join('、')}`}`,
      `There is no point, line or area in it${layers === undefined ? '' : `; its layers: ${raw.layers.slice(0, 30).join(', ')}`}.`,
    );
  return wanted;
}

type How = DrawingAsk & { readonly to: ToDegrees; readonly fileName: string };

/** One drawing, with what was chosen for it. */
class Reading {
  readonly #raw: RawDrawing;
  readonly #by: How;
  readonly #drafts: { feature: number; draft: RegisterDraft }[] = [];
  readonly #faults: DrawingFault[] = [];
  readonly #codes = new Map<string, number>();
  readonly #bounds = [180, 90, -180, -90] as [number, number, number, number];

  constructor(raw: RawDrawing, by: How) {
    this.#raw = raw;
    this.#by = by;
  }

  run(wanted: readonly Wanted[]): DrawingRead {
    for (const { f, feature } of wanted) this.#take(f, feature);
    const [west, south, east, north] = this.#bounds;
    if (this.#drafts.length > 0 && (west < 73 || east > 136 || south < 3 || north > 54))
      this.#fault(
        0,
        'drawing-not-in-china',
        `换算后的范围是 经度 ${west}–${east}、纬度 ${south}–${north}，不在中国：坐标系或坐标次序可能选错`,
        `It lies at ${west} to ${east} east, ${south} to ${north} north, which is not China: its reference or the order of its coordinates may be another.`,
      );
    return {
      kind: this.#raw.kind,
      features: this.#raw.features.length,
      drafts: this.#drafts,
      faults: this.#faults,
      crs: this.#by.to.name,
      bounds: this.#drafts.length === 0 ? null : this.#bounds,
      fields: fieldsOf(this.#raw),
      layers: this.#raw.layers,
    };
  }

  #fault(feature: number, code: string, zh: string, en: string): null {
    this.#faults.push({ feature, code, say: { zh, en } satisfies Bilingual });
    return null;
  }

  #take(f: RawFeature, feature: number): void {
    const geometry = this.#geometryOf(f, feature);
    const draft = geometry === null ? null : this.#draftOf(f, feature, geometry);
    if (draft !== null) this.#drafts.push({ feature, draft });
  }

  #geometryOf(f: RawFeature, feature: number): Geometry | Place | null {
    if (f.geometry === null)
      return this.#fault(
        feature,
        'feature-shape',
        `几何类型 ${f.is} 不支持：须为点、线或面`,
        `Its shape is ${f.is}: a point, a line or an area would be right.`,
      );
    const geometry = this.#converted(f.geometry);
    if (geometry === null)
      return this.#fault(
        feature,
        'feature-coordinates',
        '坐标缺失或不是数',
        'Its coordinates are missing, or no numbers.',
      );
    if (this.#by.as === 'point' && 'type' in geometry)
      return this.#fault(
        feature,
        'feature-no-point',
        '是线或面，不能作为监测点',
        'It is a line or an area, which is no point to watch.',
      );
    return geometry;
  }

  #draftOf(f: RawFeature, feature: number, geometry: Geometry | Place): RegisterDraft | null {
    const { as, lifeline, area, prefix, fileName } = this.#by;
    const fields = new Map<string, string>();
    for (const [key, value] of Object.entries(f.fields)) {
      const text = value === null || value === undefined ? '' : String(value).trim();
      if (text !== '') fields.set(key, text);
    }
    const take = (names: readonly string[], chosen?: string): string | undefined => {
      const keys = [...fields.keys()];
      const key =
        chosen === undefined
          ? names.map((n) => keys.find((k) => k.toLowerCase() === n)).find((k) => k !== undefined)
          : chosen;
      const value = key === undefined ? undefined : fields.get(key);
      if (key !== undefined) fields.delete(key);
      return value;
    };
    const written = take(CODES, this.#by.code);
    const named = take(NAMES, this.#by.name);
    const owner = take(OWNERS);
    const ofLine = take(LIFELINES) ?? lifeline;
    const inArea = take(AREAS) ?? area;
    const flow = take(FLOWS);
    const code =
      written === undefined ? this.#made(geometry, prefix ?? stemOf(fileName)) : tidy(written, prefix);
    if (code === null || !codeIn.safeParse(code).success) {
      this.#fault(
        feature,
        'feature-code',
        `编码“${written ?? ''}”不可用：须由字母、数字、_ 和 - 组成，至多 64 位；可另选编码字段`,
        `Its code “${written ?? ''}” will not do: 1 to 64 of A-Z a-z 0-9 _ -; another field may hold codes.`,
      );
      return null;
    }
    const before = this.#codes.get(code);
    if (before !== undefined) {
      this.#fault(
        feature,
        'feature-repeats',
        `编码 ${code} 与第 ${before} 个要素重复`,
        `Its code ${code} is that of feature ${before}.`,
      );
      return null;
    }
    if (ofLine !== undefined && !lifelineIn.safeParse(ofLine).success) {
      this.#fault(feature, 'feature-lifeline', `没有业务专项 ${ofLine}`, `There is no lifeline ${ofLine}.`);
      return null;
    }
    this.#codes.set(code, feature);
    const direction = flow === undefined ? undefined : ALONG[flow.toLowerCase()];
    if (flow !== undefined && direction === undefined)
      this.#fault(
        feature,
        'feature-flow',
        `流向“${flow}”无法识别，未采用`,
        `Its flow “${flow}” is not understood, and left out.`,
      );
    const attributes = this.#attributes(fields, feature);
    if (direction !== undefined) attributes.flow = direction;
    return {
      kind: as,
      code,
      name: lineIn(100).safeParse(named).success ? (named as string) : code,
      ...(ofLine === undefined ? {} : { lifeline: ofLine }),
      ...(inArea === undefined ? {} : { area: inArea }),
      ...(owner === undefined || as === 'point' ? {} : { owner: owner.slice(0, 100) }),
      ...('type' in geometry ? { geometry } : { place: geometry }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    };
  }

  #attributes(fields: ReadonlyMap<string, string>, feature: number): Record<string, string> {
    const kept: [string, string][] = [];
    const lost: string[] = [];
    for (const [key, value] of fields) {
      const [k, v] = [lineIn(40).safeParse(key), lineIn(200).safeParse(value)];
      if (k.success && v.success && !key.startsWith('sentinel.') && kept.length < ATTRIBUTES_AT_MOST - 1)
        kept.push([k.data, v.data]);
      else lost.push(key);
    }
    if (lost.length > 0)
      this.#fault(
        feature,
        'feature-attributes',
        `属性 ${lost.slice(0, 5).join('、')} 过长或过多，未保留（至多 ${ATTRIBUTES_AT_MOST} 项，名 40 字、值 200 字）`,
        `Its attributes ${lost.slice(0, 5).join(', ')} are too long or too many, and were left out (${ATTRIBUTES_AT_MOST} at most, names of 40, values of 200).`,
      );
    return Object.fromEntries(kept);
  }

  /** The same each time that the same thing is drawn at the same place: what is imported again changes nothing. */
  #made(geometry: Geometry | Place, prefix: string): string {
    const hash = createHash('sha256').update(JSON.stringify(geometry)).digest('hex').slice(0, 10);
    return `${prefix}-${hash}`;
  }

  #converted({ type, coordinates }: NonNullable<RawFeature['geometry']>): Geometry | Place | null {
    const crs = this.#by.to.keptAs;
    const at = (p: unknown): Position => {
      const [x, y] = Array.isArray(p) ? (p as unknown[]) : [];
      if (typeof x !== 'number' || typeof y !== 'number' || !Number.isFinite(x + y)) throw NO_NUMBER;
      const found = this.#by.to.convert(this.#by.swap === true ? [y, x] : [x, y]);
      const b = this.#bounds;
      b[0] = Math.min(b[0], found[0]);
      b[1] = Math.min(b[1], found[1]);
      b[2] = Math.max(b[2], found[0]);
      b[3] = Math.max(b[3], found[1]);
      return found;
    };
    const path = (p: unknown): Path => list(p).map(at);
    const paths = (p: unknown): readonly Path[] => list(p).map(path);
    try {
      switch (type) {
        case 'Point': {
          const [lon, lat] = at(coordinates);
          return { lon, lat, crs };
        }
        case 'LineString':
          return { type, crs, coordinates: path(coordinates) };
        case 'MultiLineString':
        case 'Polygon':
          return { type, crs, coordinates: paths(coordinates) };
        case 'MultiPolygon':
          return { type, crs, coordinates: list(coordinates).map(paths) };
      }
    } catch (cause) {
      if (cause === NO_NUMBER) return null;
      throw cause;
    }
  }
}

type Place = { readonly lon: number; readonly lat: number; readonly crs: Reference };
const NO_NUMBER = new Error('no number');
function list(x: unknown): readonly unknown[] {
  if (!Array.isArray(x)) throw NO_NUMBER;
  return x;
}

const swapped = ([x, y]: Position): Position => [y, x];
const stemOf = (fileName: string): string =>
  fileName
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[^A-Za-z0-9_-]+/g, '')
    .slice(0, 40) || 'DRAWN';
/** A number alone is nobody's code but with what it is the number of. */
function tidy(code: string, prefix: string | undefined): string | null {
  const plain = code.replace(/^\{|\}$/g, '').replaceAll(/[\s./\\:]+/g, '-');
  return prefix === undefined ? plain : `${prefix}-${plain}`;
}

const fieldsOf = (raw: RawDrawing): readonly string[] => [
  ...new Set(raw.features.slice(0, 200).flatMap((f) => Object.keys(f.fields))),
];

/** The first place of a feature, as it stands. */
function firstOf(f: RawFeature): readonly Position[] {
  let at: unknown = f.geometry?.coordinates;
  while (Array.isArray(at) && Array.isArray(at[0])) at = at[0];
  const [x, y] = Array.isArray(at) ? (at as unknown[]) : [];
  return typeof x === 'number' && typeof y === 'number' ? [[x, y]] : [];
}
