import { z } from 'zod';
import type { Geometry } from '../../domain/register/geometry.ts';
import type { Area, Asset, Device, DeviceModel, Place, Point } from '../../domain/register/register.ts';
import { iso } from '../alarm.ts';
import { drawingAsk } from '../files/drawing.ts';
import { codeIn, flagIn, instantIn, instantOut, lifelineIn, lineIn, paging } from './shapes.ts';

/** The register 台账 as JSON, and what may be asked to change in it. */

const AT_MOST_40 = { error: 'at most 40 attributes', params: { zh: '属性不超过 40 项' } };

const nameIn = lineIn(100);
const reasonIn = lineIn(200);

const placeIn = z.strictObject({
  lon: z.number().min(-180).max(180),
  lat: z.number().min(-90).max(90),
  crs: z.enum(['CGCS2000', 'WGS-84']).describe('GCJ-02 is never stored: convert first'),
});
const placeOut = z.object({ lon: z.number(), lat: z.number(), crs: z.enum(['CGCS2000', 'WGS-84']) });

const attributeKey = lineIn(40);
const attributesIn = z
  .record(attributeKey, lineIn(200))
  .refine((r) => Object.keys(r).length <= 40, AT_MOST_40);

const attributesPatch = z
  .record(attributeKey, lineIn(200).nullable())
  .refine((r) => Object.keys(r).length <= 40, AT_MOST_40)
  .optional()
  .describe('merged into what is there; null takes one away');

const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);
const path = z.array(position).max(2_000);
const geometryOf = <S extends z.ZodType>(crs: S) =>
  z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('LineString'), coordinates: path, crs }),
      z.strictObject({ type: z.literal('MultiLineString'), coordinates: z.array(path).max(200), crs }),
      z.strictObject({ type: z.literal('Polygon'), coordinates: z.array(path).max(200), crs }),
      z.strictObject({
        type: z.literal('MultiPolygon'),
        coordinates: z.array(z.array(path).max(200)).max(200),
        crs,
      }),
    ])
    .describe('a line or an area, as GeoJSON has it, its reference named; 2,000 positions at most');
const geometryIn = geometryOf(placeIn.shape.crs);
const geometryOut = geometryOf(placeOut.shape.crs).meta({ id: 'Geometry' });

export const areaOut = z
  .object({ code: z.string(), name: z.string(), parent: z.string().nullable() })
  .meta({ id: 'Area' });
export const assetOut = z
  .object({
    code: z.string(),
    name: z.string(),
    lifeline: z.string(),
    area: z.string(),
    owner: z.string().nullable().describe('权属单位, in words'),
    ownerUnit: z.string().nullable().describe('the unit that owns it and is called out'),
    place: placeOut.nullable(),
    geometry: geometryOut.nullable().describe('where it lies, if it is no point'),
    attributes: z
      .record(z.string(), z.string())
      .describe(
        'as the file that it came from has them; flow: along, or against, the direction in which it is drawn',
      ),
  })
  .meta({ id: 'Asset' });
export const pointOut = z
  .object({
    code: z.string(),
    name: z.string(),
    lifeline: z.string(),
    asset: z.string().nullable(),
    ownerUnit: z.string().nullable().describe('its own, or else its asset’s'),
    area: z.string(),
    place: placeOut.nullable(),
    unverified: z.boolean().describe('待核实'),
    outOfService: z.object({ since: instantOut, reason: z.string() }).nullable().describe('检修停用'),
    attributes: z.record(z.string(), z.string()),
    heardAt: instantOut.nullable().describe('when anything was last heard from it, our clock'),
  })
  .meta({ id: 'Point' });
export const deviceOut = z
  .object({
    code: z.string(),
    lifeline: z.string(),
    point: z.string().nullable(),
    vendor: z.string().nullable(),
    serial: z.string().nullable(),
    installedAt: instantOut.nullable(),
    unverified: z.boolean(),
    model: z.string().nullable().describe('型号, a code of /device-models'),
    attributes: z
      .record(z.string(), z.string())
      .describe('sentinel.<metric>: values by which this device says that it has failed, e.g. "5003,-1"'),
    online: z.boolean().nullable().describe('what the device last said of its own link; null: nothing yet'),
    statusAt: instantOut.nullable(),
  })
  .meta({ id: 'Device' });

export const modelOut = z
  .object({
    code: z.string(),
    name: z.string(),
    vendor: z.string().nullable(),
    attributes: z
      .record(z.string(), z.string())
      .describe('sentinel.<metric>: values by which every device of this model says that it has failed'),
  })
  .meta({ id: 'DeviceModel' });

export const areasQuery = z.strictObject({
  ...paging,
  parent: codeIn.optional(),
});
const placedQuery = {
  ...paging,
  lifeline: lifelineIn.optional(),
  area: codeIn.optional().describe('prefix: 3416 finds every district below'),
};
export const assetsQuery = z.strictObject({
  ...placedQuery,
  geometry: flagIn.describe('true: lines and areas alone; false: what is none'),
});
export const pointsQuery = z.strictObject({
  ...placedQuery,
  asset: codeIn.optional(),
  unverified: flagIn,
});
export const devicesQuery = z.strictObject({
  ...paging,
  lifeline: lifelineIn.optional(),
  point: codeIn.optional(),
  model: codeIn.optional(),
});
export const modelsQuery = z.strictObject({ ...paging });

export const areaCreate = z
  .strictObject({
    code: codeIn.describe('行政区划代码 where it is a district: GB/T 2260'),
    name: nameIn,
    parent: codeIn.nullish().describe('the area that it lies in; null: none, at the top'),
  })
  .meta({ id: 'AreaCreate' });
export const areaPatch = z
  .strictObject({ name: nameIn.optional(), parent: codeIn.nullish() })
  .meta({ id: 'AreaPatch' });

export const assetCreate = z
  .strictObject({
    code: codeIn,
    name: nameIn,
    lifeline: lifelineIn,
    area: codeIn,
    owner: nameIn.nullish(),
    ownerUnit: codeIn.nullish().describe('a unit of `GET /units`'),
    place: placeIn.nullish(),
    geometry: geometryIn.nullish(),
    attributes: attributesIn.optional(),
  })
  .meta({ id: 'AssetCreate' });
export const assetPatch = z
  .strictObject({
    name: nameIn.optional(),
    area: codeIn.optional(),
    owner: nameIn.nullish(),
    ownerUnit: codeIn.nullish().describe('a unit of `GET /units`'),
    place: placeIn.nullish(),
    geometry: geometryIn.nullish(),
    attributes: attributesPatch,
  })
  .meta({ id: 'AssetPatch' });

export const pointCreate = z
  .strictObject({
    code: codeIn,
    name: nameIn,
    lifeline: lifelineIn,
    asset: codeIn.nullish(),
    ownerUnit: codeIn.nullish().describe('null: its asset’s'),
    area: codeIn.optional().describe('left out: the area of the asset'),
    place: placeIn.nullish(),
    attributes: attributesIn.optional(),
  })
  .meta({ id: 'PointCreate' });
export const pointPatch = z
  .strictObject({
    name: nameIn.optional(),
    asset: codeIn.nullish(),
    ownerUnit: codeIn.nullish().describe('null: its asset’s'),
    area: codeIn.optional(),
    place: placeIn.nullish(),
    unverified: z.boolean().optional(),
    outOfService: z.strictObject({ reason: reasonIn }).nullish().describe('null: back in service'),
    attributes: attributesPatch,
  })
  .meta({ id: 'PointPatch' });

export const deviceCreate = z
  .strictObject({
    code: codeIn,
    lifeline: lifelineIn,
    point: codeIn.nullish(),
    vendor: nameIn.nullish(),
    serial: nameIn.nullish(),
    installedAt: instantIn.nullish(),
    model: codeIn.nullish(),
    attributes: attributesIn.optional(),
  })
  .meta({ id: 'DeviceCreate' });
export const devicePatch = z
  .strictObject({
    point: codeIn.nullish(),
    vendor: nameIn.nullish(),
    serial: nameIn.nullish(),
    installedAt: instantIn.nullish(),
    unverified: z.boolean().optional(),
    model: codeIn.nullish(),
    attributes: attributesPatch,
  })
  .meta({ id: 'DevicePatch' });

export const modelCreate = z
  .strictObject({
    code: codeIn,
    name: nameIn,
    vendor: nameIn.nullish(),
    attributes: attributesIn.optional(),
  })
  .meta({ id: 'DeviceModelCreate' });
export const modelPatch = z
  .strictObject({
    name: nameIn.optional(),
    vendor: nameIn.nullish(),
    attributes: attributesPatch,
  })
  .meta({ id: 'DeviceModelPatch' });

export const importQuery = z.strictObject({
  dryRun: flagIn.describe('true: say what would happen, change nothing'),
  credentials: flagIn.describe(
    'true: issue a credential to each device that is new, answered this once; needs the right device.credential',
  ),
});

export const exportQuery = z.strictObject({
  header: z.enum(['en', 'zh']).default('en').describe('language of the header line; either can be imported'),
});

export const registerExportQuery = exportQuery.extend({
  mobiles: flagIn.describe(
    'true: with whole mobile numbers of contacts; needs the right contact.call. Without, those cells are empty, which an import leaves as it is',
  ),
});

export const importOut = z
  .object({
    dryRun: z.boolean(),
    rows: z.number().int(),
    created: z.number().int(),
    updated: z.number().int(),
    unchanged: z.number().int(),
    failed: z.number().int(),
    errors: z.array(
      z.object({
        row: z.number().int().describe('line of the file, the header is 1'),
        column: z.string().nullable(),
        code: z.string(),
        message: z.string(),
      }),
    ),
    moreErrors: z.number().int().describe('errors beyond those listed'),
    unusedColumns: z
      .array(
        z.object({
          name: z.string(),
          meant: z.string().nullable().describe('the column that may have been meant'),
        }),
      )
      .describe('columns of the file that nothing was taken from'),
    credentials: z
      .array(z.object({ code: z.string(), secret: z.string() }))
      .optional()
      .describe('of devices that are new, where they were asked for; shown this once'),
  })
  .meta({ id: 'ImportReport' });

export const drawingQuery = drawingAsk.extend({
  dryRun: flagIn.describe('true: say what would happen, change nothing'),
  file: lineIn(100)
    .default('drawing')
    .describe('the name of the file, of which codes are made where it has none'),
});
/** Rows are features, from 1; row 0 is the file. */
export const drawingOut = importOut
  .omit({ credentials: true })
  .extend({
    kind: z.enum(['GeoJSON', 'Shapefile', 'DXF']).nullable(),
    crs: z.string().nullable().describe('the reference that its coordinates were read by'),
    bounds: z.array(z.number()).length(4).nullable().describe('west, south, east, north, in degrees'),
    fields: z.array(z.string()).describe('of its features'),
    layers: z.array(z.string()).describe('of a DXF'),
  })
  .meta({ id: 'DrawingReport' });

const placeJson = (p: Place | null) => (p === null ? null : { lon: p.lon, lat: p.lat, crs: p.crs });

/** The schema's tuples are not readonly, and nobody writes into an answer. */
const geometryJson = (g: Geometry) => g as z.infer<typeof geometryOut>;

export const areaJson = (a: Area): z.infer<typeof areaOut> => ({
  code: a.code,
  name: a.name,
  parent: a.parent,
});

export const assetJson = (a: Asset): z.infer<typeof assetOut> => ({
  code: a.code,
  name: a.name,
  lifeline: a.lifeline,
  area: a.area,
  owner: a.owner,
  ownerUnit: a.ownerUnit ?? null,
  place: placeJson(a.place),
  geometry: a.geometry === undefined ? null : geometryJson(a.geometry),
  attributes: { ...a.attributes },
});

/** @param asset that it belongs to, where there is one */
export const pointJson = (
  p: Point,
  asset: Asset | undefined,
  heardAt: number | null,
): z.infer<typeof pointOut> => ({
  code: p.code,
  name: p.name,
  lifeline: p.lifeline,
  asset: p.asset,
  ownerUnit: p.ownerUnit ?? asset?.ownerUnit ?? null,
  area: p.area,
  place: placeJson(p.place),
  unverified: p.unverified,
  outOfService: p.outOfService && { since: iso(p.outOfService.since), reason: p.outOfService.reason },
  attributes: { ...p.attributes },
  heardAt: heardAt === null ? null : iso(heardAt),
});

export const deviceJson = (
  d: Device,
  status: { readonly online: boolean | null; readonly at: number } | undefined,
): z.infer<typeof deviceOut> => ({
  code: d.code,
  lifeline: d.lifeline,
  point: d.point,
  vendor: d.vendor,
  serial: d.serial,
  installedAt: d.installedAt === null ? null : iso(d.installedAt),
  unverified: d.unverified,
  model: d.model ?? null,
  attributes: { ...d.attributes },
  online: status?.online ?? null,
  statusAt: status === undefined ? null : iso(status.at),
});

export const modelJson = (m: DeviceModel): z.infer<typeof modelOut> => ({
  code: m.code,
  name: m.name,
  vendor: m.vendor,
  attributes: { ...m.attributes },
});
