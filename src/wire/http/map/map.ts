import { z } from 'zod';
import type { BaseMap, MapFile, MapFileFlaw, MapSettings } from '../../../domain/map.ts';
import type { Bilingual } from '../../../domain/text.ts';
import { iso } from '../../alarm.ts';
import { instantOut, lineIn } from '../shapes.ts';

/** The map of the house: what lies under the points, and where it opens. */

/** One request asks for no more than this; a tile is far less. */
export const SLICE_AT_MOST = 4 * 1_024 * 1_024;

export const mapFileName = z
  .string()
  .regex(/^[\p{L}\p{N}_][\p{L}\p{N}_. -]{0,99}\.pmtiles$/u)
  .describe('a file of the folder of maps');

const attribution = z.union([z.literal(''), lineIn(200)]).describe('whose it is, 审图号; shown on the map');
const tileServer = {
  url: z
    .string()
    .max(1_000)
    .regex(/^https?:\/\/[^\s]+$/),
  crs: z.enum(['EPSG:3857', 'EPSG:4490']),
  layer: z.string().max(200),
  matrixSet: z.string().max(200),
  style: z.string().max(200),
  format: z.string().max(100),
  attribution,
};
const baseMap = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('file'), file: mapFileName, attribution }),
    z.strictObject({ kind: z.literal('xyz'), ...tileServer }),
    z.strictObject({ kind: z.literal('wmts'), ...tileServer }),
  ])
  .describe('nothing, a PMTiles file of ours, or tiles of a server that LIFELINE_MAP_TILE_HOSTS names');
const mapView = z.strictObject({
  lon: z.number().min(-180).max(180),
  lat: z.number().min(-85).max(85),
  zoom: z.number().min(2).max(21),
});

export const mapOut = z
  .object({
    base: baseMap.describe('in force: what was chosen, or else the first good file of the folder'),
    chosen: z.boolean().describe('somebody has chosen it'),
    view: mapView.nullable().describe('what the map opens at; null: at all points'),
    revision: z.number().int(),
    changedBy: z.string().nullable(),
    changedAt: instantOut.nullable(),
    folder: z.string().nullable().describe('where files are put on the server; null: not for whoever asks'),
    files: z.array(
      z.object({
        name: z.string(),
        bytes: z.number().int(),
        tiles: z.enum(['vector', 'raster']).nullable(),
        minZoom: z.number().int().nullable(),
        maxZoom: z.number().int().nullable(),
        bounds: z.array(z.number()).length(4).nullable().describe('west, south, east, north'),
        flaw: z.string().nullable().describe('null: it can be used'),
        why: z.string().nullable().describe('the flaw in words, and what would be right'),
      }),
    ),
  })
  .meta({ id: 'Map' });

export const mapBody = z
  .strictObject({
    seenRevision: z.number().int().min(0).describe('of what you were looking at'),
    base: baseMap.nullable().optional().describe('null: the first good file of the folder'),
    view: mapView.nullable().optional(),
  })
  .meta({ id: 'MapChange' });

/** As `map-settings.json` has it. */
export const mapSettingsKept = z.object({
  base: baseMap.nullable(),
  view: mapView.nullable(),
  revision: z.number().int().min(0),
  changed: z.object({ by: z.string(), at: z.number() }).nullable(),
});

export const MAP_FLAWS: Readonly<Record<MapFileFlaw, Bilingual>> = {
  'map-not-pmtiles': {
    zh: '不是 PMTiles 文件：请用 tippecanoe、planetiler 或 pmtiles convert 制作第 3 版',
    en: 'is no PMTiles file: make one of version 3 with tippecanoe, planetiler or pmtiles convert',
  },
  'map-is-mbtiles': {
    zh: '是 MBTiles：请转换：pmtiles convert 文件.mbtiles 文件.pmtiles',
    en: 'is MBTiles: convert it with pmtiles convert FILE.mbtiles FILE.pmtiles',
  },
  'map-old-version': {
    zh: 'PMTiles 版本过旧：请转为第 3 版：pmtiles convert 旧文件 新文件',
    en: 'is PMTiles of an old version: pmtiles convert OLD NEW makes version 3 of it',
  },
  'map-cut-short': {
    zh: '文件不完整，复制可能中断：请重新复制并核对大小',
    en: 'is cut short, as by a copy that was broken off: copy it again, and compare its size',
  },
  'map-compression': {
    zh: '瓦片压缩方式浏览器不支持：请用 gzip 或不压缩重新制作',
    en: 'has tiles compressed in a way that browsers do not read: make it with gzip, or with none',
  },
  'map-tile-type': {
    zh: '瓦片类型不支持：须为矢量（MVT）、PNG、JPEG 或 WebP',
    en: 'has tiles of another kind: vector (MVT), PNG, JPEG or WebP would be right',
  },
  'map-unreadable': {
    zh: '服务无权读取：请把属主改为服务的用户（chown），或 chmod 640',
    en: 'cannot be read by the service: give it to the service’s user (chown), or chmod 640',
  },
  'map-empty': { zh: '文件中没有瓦片', en: 'holds no tile' },
  'map-bad-bounds': {
    zh: '文件头中的范围无效：请重新制作',
    en: 'says bounds in its header that are none: make it again',
  },
};

export function mapJson(
  settings: MapSettings,
  given: {
    readonly base: BaseMap;
    readonly files: readonly MapFile[];
    readonly folder: string | null;
    readonly language: 'zh' | 'en';
  },
): z.infer<typeof mapOut> {
  return {
    base: given.base,
    chosen: settings.base !== null,
    view: settings.view,
    revision: settings.revision,
    changedBy: settings.changed?.by ?? null,
    changedAt: settings.changed === null ? null : iso(settings.changed.at),
    folder: given.folder,
    files: given.files.map((f) => ({
      name: f.name,
      bytes: f.bytes,
      tiles: f.flaw === null ? f.tiles : null,
      minZoom: f.flaw === null ? f.minZoom : null,
      maxZoom: f.flaw === null ? f.maxZoom : null,
      bounds: f.flaw === null ? [...f.bounds] : null,
      flaw: f.flaw,
      why: f.flaw === null ? null : MAP_FLAWS[f.flaw][given.language],
    })),
  };
}
