import type { AssetRow, City } from './city.ts';
import { lifelineOf } from './models/index.ts';

/** Columns of `POST /api/v1/register/import`. */
export const REGISTER_COLUMNS = [
  'kind',
  'code',
  'name',
  'lifeline',
  'area',
  'asset',
  'point',
  'owner',
  'lon',
  'lat',
  'crs',
  'vendor',
  'serial',
  'attributes',
  'geometry',
] as const;

type Row = Partial<Record<(typeof REGISTER_COLUMNS)[number], string>>;

/** A city's register 台账 for import: areas, assets, points, devices, in that order; an area's parent stands in `area`. */
export function registerCsv(city: City): string {
  const lines = [REGISTER_COLUMNS.join(',')];
  for (const row of rows(city)) lines.push(REGISTER_COLUMNS.map((c) => cell(row[c] ?? '')).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function* rows(city: City): Generator<Row> {
  for (const a of city.areas) yield { kind: 'area', code: a.code, name: a.name, area: a.parent ?? '' };
  for (const a of city.assets) {
    yield {
      kind: 'asset',
      code: a.code,
      name: a.name,
      lifeline: a.lifeline,
      area: a.area,
      owner: a.owner,
      ...place(a),
      ...drawn(a),
    };
  }
  const areaOf = new Map(city.assets.map((a) => [a.code, a.area]));
  for (const i of city.instruments) {
    yield {
      kind: 'point',
      code: i.code,
      name: i.name,
      lifeline: lifelineOf(i.kind),
      area: areaOf.get(i.asset) ?? '',
      asset: i.asset,
      ...place(i),
      ...(i.gateway === null ? {} : { attributes: `gateway=${i.gateway}` }),
    };
  }
  for (const i of city.instruments) {
    yield {
      kind: 'device',
      code: i.code,
      lifeline: lifelineOf(i.kind),
      point: i.code,
      vendor: i.vendor,
      serial: i.serial,
    };
  }
}

const place = (at: { lon: number; lat: number }): Row => ({
  lon: at.lon.toFixed(6),
  lat: at.lat.toFixed(6),
  crs: 'CGCS2000',
});

/** Where it lies, if it is no point, and what else is known of it. */
function drawn({ course, border, attributes }: AssetRow): Row {
  const path = (of: readonly (readonly [number, number])[]): string =>
    `(${of.map(([lon, lat]) => `${lon} ${lat}`).join(', ')})`;
  const pairs = Object.entries(attributes ?? {}).map(([key, value]) => `${key}=${value}`);
  return {
    ...(course === undefined ? {} : { geometry: `LINESTRING ${path(course)}` }),
    ...(border === undefined ? {} : { geometry: `POLYGON (${path([...border, ...border.slice(0, 1)])})` }),
    ...(pairs.length === 0 ? {} : { attributes: pairs.join(';') }),
  };
}

/** RFC 4180. */
const cell = (s: string): string => (/[",\r\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s);
