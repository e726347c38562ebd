import { z } from 'zod';
import { FAULT_VALUES_FORM, isAttribute } from '../../domain/register/fault-values.ts';
import type { Geometry } from '../../domain/register/geometry.ts';
import type { Area, Asset, Device, DeviceModel, Place, Point } from '../../domain/register/register.ts';
import { iso } from '../alarm.ts';
import { lineIn } from '../http/shapes.ts';
import { csvLine, unguard } from './csv.ts';
import { type PeopleDraft, readPerson } from './people-csv.ts';
import {
  bad,
  COLUMNS,
  type Column,
  code,
  type Filled,
  line,
  type RowError,
  row,
} from './register-columns.ts';
import { readWkt, writeWkt } from './wkt.ts';

/**
 * The register as one file: areas, assets, points, models, devices, units and contacts, one a row, told apart by `kind`. An empty cell
 * means "as it is": an import never erases; to clear something, PATCH it.
 */
// Maps, not objects: what is looked up in them was typed by somebody, and may be `constructor`.
const KINDS: ReadonlyMap<string, RowKind> = new Map([
  ['area', 'area'],
  ['区域', 'area'],
  ['asset', 'asset'],
  ['设施', 'asset'],
  ['point', 'point'],
  ['监测点', 'point'],
  ['model', 'model'],
  ['型号', 'model'],
  ['设备型号', 'model'],
  ['device', 'device'],
  ['监测设备', 'device'],
  ['设备', 'device'],
  ['unit', 'unit'],
  ['单位', 'unit'],
  ['contact', 'contact'],
  ['联系人', 'contact'],
]);
export type RowKind = RegisterDraft['kind'] | PeopleDraft['kind'];

/** What a row asks for; only the cells that were filled in. */
export type RegisterDraft = {
  readonly kind: 'area' | 'asset' | 'point' | 'model' | 'device';
  readonly code: string;
  readonly name?: string;
  readonly lifeline?: string;
  readonly parent?: string;
  readonly area?: string;
  readonly asset?: string;
  readonly point?: string;
  readonly owner?: string;
  readonly ownerUnit?: string;
  readonly place?: Place;
  readonly geometry?: Geometry;
  readonly vendor?: string;
  readonly serial?: string;
  readonly installedAt?: number;
  readonly unverified?: boolean;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly model?: string;
};

export type RowDraft = RegisterDraft | PeopleDraft;

/** Which cell is which; `null` for columns that we do not know and leave alone. */
export type Header = readonly (Column | null)[];

/** A column of a file that nothing is taken from, and the one that may have been meant. */
export type UnusedColumn = { readonly name: string; readonly meant: Column | null };

/** What people and other systems call our columns besides. */
const ALSO: ReadonlyMap<string, Column> = new Map([
  ['监测点名称', 'name'],
  ['设施名称', 'name'],
  ['type', 'kind'],
  ['类别', 'kind'],
  ['id', 'code'],
  ['编号', 'code'],
  ['代码', 'code'],
  ['设备编码', 'code'],
  ['设备编号', 'code'],
  ['监测点编码', 'code'],
  ['所属专项', 'lifeline'],
  ['专项', 'lifeline'],
  ['行政区划', 'area'],
  ['区域编码', 'area'],
  ['所属区域', 'area'],
  ['district', 'area'],
  ['所属设施', 'asset'],
  ['设施编码', 'asset'],
  ['安装监测点', 'point'],
  ['权属', 'owner'],
  ['longitude', 'lon'],
  ['lng', 'lon'],
  ['x', 'lon'],
  ['latitude', 'lat'],
  ['y', 'lat'],
  ['坐标系统', 'crs'],
  ['厂家', 'vendor'],
  ['生产厂家', 'vendor'],
  ['manufacturer', 'vendor'],
  ['sn', 'serial'],
  ['出厂编号', 'serial'],
  ['安装日期', 'installedAt'],
  ['设备型号', 'model'],
  ['权属单位代码', 'ownerUnit'],
  ['单位', 'unit'],
  ['单位编码', 'unit'],
  ['手机', 'mobile'],
  ['手机号码', 'mobile'],
  ['电子邮箱', 'email'],
  ['职务', 'post'],
  ['电话', 'phone'],
]);

/** So that nobody takes a file for read of which a column was not. */
export function unusedColumns(cells: readonly string[], header: Header): readonly UnusedColumn[] {
  const used = new Set(header);
  return cells.flatMap((cell, i) => {
    const name = cell.trim();
    if (header[i] !== null || name === '') return [];
    const key = name.toLowerCase().replace(/[\s_-]/g, '');
    const also = ALSO.get(key) ?? nearestColumn(key);
    return [{ name: name.slice(0, 64), meant: also === null || used.has(also) ? null : also }];
  });
}

const nearestColumn = (name: string): Column | null =>
  COLUMNS.find(([key, zh]) => key.toLowerCase() === name || zh === name)?.[0] ?? null;

export function readHeader(cells: readonly string[]): { header: Header } | { error: RowError } {
  const header = cells.map((cell) => {
    const name = cell.trim().toLowerCase();
    return COLUMNS.find(([key, zh]) => key.toLowerCase() === name || zh === cell.trim())?.[0] ?? null;
  });
  for (const need of ['kind', 'code'] as const) {
    if (!header.includes(need)) {
      const zh = COLUMNS.find(([key]) => key === need)?.[1];
      return {
        error: bad(
          need,
          'no-such-column',
          `表头缺少“${need}”（${zh}）一列`,
          `the header lacks the column ${need} (${zh})`,
        ),
      };
    }
  }
  const twice = header.find((c, i) => c !== null && header.indexOf(c) !== i);
  if (twice) {
    return {
      error: bad(twice, 'column-twice', `表头中“${twice}”出现两次`, `the column ${twice} is there twice`),
    };
  }
  return { header };
}

/** @param lifelines key by key and by Chinese name, as a person may write either */
export function readRow(
  header: Header,
  cells: readonly string[],
  lifelines: ReadonlyMap<string, string>,
): { readonly draft: RowDraft | null; readonly errors: readonly RowError[] } {
  const filled = new Map<Column, string>();
  header.forEach((column, i) => {
    const text = unguard((cells[i] ?? '').trim()).trim();
    if (column !== null && text !== '') filled.set(column, text);
  });
  const errors: RowError[] = [];
  const kind = KINDS.get(filled.get('kind')?.toLowerCase() ?? '');
  if (kind === undefined) {
    errors.push(
      bad(
        'kind',
        'kind-unknown',
        '类型须为 区域、设施、监测点、型号、监测设备、单位 或 联系人',
        'kind is area, asset, point, model, device, unit or contact',
      ),
    );
  }
  if (kind === 'unit' || kind === 'contact') {
    const draft = readPerson(kind, filled, lifelines, errors);
    return { draft: errors.length > 0 ? null : draft, errors };
  }
  const text = {
    column: (c: Column) => line(filled, c, errors),
    code: (c: Column) => code(filled, c, errors),
  };
  const fields = {
    code: text.code('code'),
    name: text.column('name'),
    lifeline: lifeline(filled, lifelines, errors),
    parent: text.code('parent'),
    area: text.code('area'),
    asset: text.code('asset'),
    point: text.code('point'),
    owner: text.column('owner'),
    ownerUnit: text.code('ownerUnit'),
    place: place(filled, errors),
    geometry: geometry(filled, errors),
    vendor: text.column('vendor'),
    serial: text.column('serial'),
    installedAt: day(filled, errors),
    unverified: yesNo(filled, errors),
    attributes: attributes(filled, errors),
    model: text.code('model'),
  };
  if (!filled.has('code')) errors.push(bad('code', 'code-missing', '请填写编码', 'a code must be given'));
  if (errors.length > 0 || kind === undefined || fields.code === undefined) return { draft: null, errors };
  const present = Object.entries(fields).filter(([, v]) => v !== undefined);
  return { draft: { kind, ...Object.fromEntries(present) } as RowDraft, errors };
}

const keyShape = lineIn(40);
const valueShape = lineIn(200);

function lifeline(
  filled: Filled,
  lifelines: ReadonlyMap<string, string>,
  errors: RowError[],
): string | undefined {
  const cell = filled.get('lifeline');
  if (cell === undefined) return undefined;
  const key = lifelines.get(cell);
  if (key === undefined) {
    const all = [...new Set(lifelines.values())].join(', ');
    errors.push(
      bad(
        'lifeline',
        'lifeline-unknown',
        `没有该业务专项，可用：${all}`,
        `no such lifeline; there are: ${all}`,
      ),
    );
  }
  return key;
}

const CRS: ReadonlyMap<string, Place['crs']> = new Map([
  ['CGCS2000', 'CGCS2000'],
  ['EPSG:4490', 'CGCS2000'],
  ['WGS-84', 'WGS-84'],
  ['WGS84', 'WGS-84'],
  ['EPSG:4326', 'WGS-84'],
]);

const CRS_BAD = bad(
  'crs',
  'crs-bad',
  '坐标系须为 CGCS2000 或 WGS-84；GCJ-02 请先转换',
  'crs is CGCS2000 or WGS-84; convert GCJ-02 first',
);

function place(filled: Filled, errors: RowError[]): Place | undefined {
  const [lon, lat, crs] = [filled.get('lon'), filled.get('lat'), filled.get('crs')];
  if (lon === undefined && lat === undefined) return undefined;
  const x = degrees(lon, 180);
  const y = degrees(lat, 90);
  if (x === null)
    errors.push(bad('lon', 'lon-bad', '经度须为 −180…180 的数', 'lon is a number from -180 to 180'));
  if (y === null)
    errors.push(bad('lat', 'lat-bad', '纬度须为 −90…90 的数', 'lat is a number from -90 to 90'));
  const reference = CRS.get(crs?.toUpperCase() ?? '');
  if (reference === undefined) errors.push(CRS_BAD);
  return x === null || y === null || reference === undefined ? undefined : { lon: x, lat: y, crs: reference };
}

function geometry(filled: Filled, errors: RowError[]): Geometry | undefined {
  const cell = filled.get('geometry');
  if (cell === undefined) return undefined;
  const reference = CRS.get(filled.get('crs')?.toUpperCase() ?? '');
  // With a place beside it that has been said of its own.
  if (reference === undefined && !filled.has('lon') && !filled.has('lat')) errors.push(CRS_BAD);
  const read = readWkt(cell, reference ?? 'CGCS2000');
  if (read === null)
    errors.push(
      bad(
        'geometry',
        'geometry-bad',
        '须为 WKT，如 LINESTRING (118.0 31.0, 118.1 31.0) 或 POLYGON ((…))',
        'must be WKT: LINESTRING (118.0 31.0, 118.1 31.0), or POLYGON ((…))',
      ),
    );
  return read === null || reference === undefined ? undefined : read;
}

function degrees(cell: string | undefined, most: number): number | null {
  const n = cell !== undefined && /^[-+]?\d{1,3}(\.\d{1,12})?$/.test(cell) ? Number(cell) : Number.NaN;
  return Math.abs(n) <= most ? n : null;
}

const instant = z.iso.datetime({ offset: true });

/** An ISO time with its offset, or a day as spreadsheets write it, which is then that day's beginning in Beijing. */
function day(filled: Filled, errors: RowError[]): number | undefined {
  const cell = filled.get('installedAt');
  if (cell === undefined) return undefined;
  if (instant.safeParse(cell).success) return Date.parse(cell);
  const [, y, m, d] = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/.exec(cell) ?? [];
  const date = `${y}-${m?.padStart(2, '0')}-${d?.padStart(2, '0')}`;
  if (z.iso.date().safeParse(date).success) return Date.parse(`${date}T00:00:00+08:00`);
  errors.push(
    bad(
      'installedAt',
      'time-bad',
      '须为日期 2026-01-31 或带时区的 ISO 8601 时间',
      'must be a day, 2026-01-31, or an ISO 8601 time with its offset',
    ),
  );
  return undefined;
}

function yesNo(filled: Filled, errors: RowError[]): boolean | undefined {
  const cell = filled.get('unverified')?.toLowerCase();
  if (cell === undefined) return undefined;
  if (['true', '是', '1', 'yes'].includes(cell)) return true;
  if (['false', '否', '0', 'no'].includes(cell)) return false;
  errors.push(bad('unverified', 'flag-bad', '须为 是 或 否', 'must be true or false'));
  return undefined;
}

/** `well=gas;distance=3.5`: pairs, because a spreadsheet has no better place for them. */
function attributes(filled: Filled, errors: RowError[]): Readonly<Record<string, string>> | undefined {
  const cell = filled.get('attributes');
  if (cell === undefined) return undefined;
  const pairs = cell.split(/[;；]/).map((p) => p.trim());
  // Written out, a sign may be five; how long name and value may be is looked at where they are read.
  const read = pairs.filter((p) => p !== '').map((p) => /^([^=]{1,200})=(.{1,1000})$/.exec(p));
  const words = read.map((p) => [unescaped(p?.[1] ?? ''), unescaped(p?.[2] ?? '')] as const);
  const good = words.every(([k, v]) => keyShape.safeParse(k).success && valueShape.safeParse(v).success);
  if (read.length > 40 || !good) {
    errors.push(
      bad(
        'attributes',
        'attributes-bad',
        '须形如 名=值;名=值，至多 40 对，不含控制字符',
        'must be name=value;name=value, at most 40, no control characters',
      ),
    );
    return undefined;
  }
  if (!words.every(([k, v]) => isAttribute(k, v))) {
    errors.push(bad('attributes', 'attributes-bad', FAULT_VALUES_FORM.zh, FAULT_VALUES_FORM.en));
    return undefined;
  }
  return Object.fromEntries(words);
}

/** The marks that part names and values, where they stand inside one. */
const ESCAPES = [
  ['%', '%25'],
  [';', '%3B'],
  ['；', '%FF1B'],
  ['=', '%3D'],
] as const;
const escaped = (text: string) =>
  text.replace(/[%;；=]/g, (c) => ESCAPES.find(([plain]) => plain === c)?.[1] ?? c);
const unescaped = (text: string) =>
  text.trim().replace(/%(25|3B|FF1B|3D)/g, (e) => ESCAPES.find(([, written]) => written === e)?.[0] ?? e);

export function exportHeader(language: 'zh' | 'en'): string {
  return csvLine(COLUMNS.map(([key, zh]) => (language === 'zh' ? zh : key)));
}

const placeCells = (p: Place | null) => (p === null ? {} : { lon: p.lon, lat: p.lat, crs: p.crs });
const flagCell = (b: boolean) => (b ? 'true' : 'false');

export const areaRow = (a: Area): string =>
  row({ kind: 'area', code: a.code, name: a.name, parent: a.parent });

export const assetRow = (a: Asset): string =>
  row({
    kind: 'asset',
    code: a.code,
    name: a.name,
    lifeline: a.lifeline,
    area: a.area,
    owner: a.owner,
    ownerUnit: a.ownerUnit ?? null,
    ...placeCells(a.place),
    ...(a.geometry === undefined ? {} : { crs: a.geometry.crs, geometry: writeWkt(a.geometry) }),
    attributes: attributesCell(a.attributes ?? {}),
  });

export const pointRow = (p: Point): string =>
  row({
    kind: 'point',
    code: p.code,
    name: p.name,
    lifeline: p.lifeline,
    area: p.area,
    asset: p.asset,
    ownerUnit: p.ownerUnit ?? null,
    ...placeCells(p.place),
    unverified: flagCell(p.unverified),
    attributes: attributesCell(p.attributes),
  });

function attributesCell(attributes: Readonly<Record<string, string>>): string | null {
  const pairs = Object.entries(attributes).map(([k, v]) => `${escaped(k)}=${escaped(v)}`);
  return pairs.length === 0 ? null : pairs.join(';');
}

export const deviceRow = (d: Device): string =>
  row({
    kind: 'device',
    code: d.code,
    lifeline: d.lifeline,
    point: d.point,
    vendor: d.vendor,
    serial: d.serial,
    installedAt: d.installedAt === null ? null : iso(d.installedAt),
    unverified: flagCell(d.unverified),
    attributes: attributesCell(d.attributes ?? {}),
    model: d.model ?? null,
  });

/** A row of what was read elsewhere: those cells that it has. */
export const draftRow = ({ place: at, geometry: shape, attributes: more, ...d }: RegisterDraft): string =>
  row({
    kind: d.kind,
    code: d.code,
    name: d.name ?? null,
    lifeline: d.lifeline ?? null,
    area: d.area ?? null,
    owner: d.owner ?? null,
    ...placeCells(at ?? null),
    ...(shape === undefined ? {} : { crs: shape.crs, geometry: writeWkt(shape) }),
    attributes: attributesCell(more ?? {}),
  });

export const modelRow = (m: DeviceModel): string =>
  row({
    kind: 'model',
    code: m.code,
    name: m.name,
    vendor: m.vendor,
    attributes: attributesCell(m.attributes),
  });
