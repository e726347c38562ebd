import type { z } from 'zod';
import { as } from '../../../../domain/ids.ts';
import type { PeopleWish } from '../../../../domain/notice/people.ts';
import type {
  AreaWish,
  AssetWish,
  DeviceWish,
  ModelWish,
  PointWish,
  RegisterWish,
} from '../../../../domain/register/wish.ts';
import type { PeopleDraft } from '../../../../wire/files/people-csv.ts';
import type { RegisterDraft } from '../../../../wire/files/register-csv.ts';
import type {
  areaCreate,
  areaPatch,
  assetCreate,
  assetPatch,
  deviceCreate,
  devicePatch,
  modelCreate,
  modelPatch,
  pointCreate,
  pointPatch,
} from '../../../../wire/http/register.ts';

/** A code that is left out, or `null`, stays so. */
function code<C, N extends null | undefined>(text: string | N, as_: (text: string) => C): C | N {
  return typeof text === 'string' ? as_(text) : text;
}

/** A body that makes something new says more than one that changes it: what the other cannot say is left out. */
type Body<Create extends z.ZodType, Patch extends z.ZodType> = Loose<z.output<Patch>> &
  Loose<Omit<z.output<Create>, keyof z.output<Patch>>>;
type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined };

export const areaWish = (
  of: string,
  { name, parent }: Body<typeof areaCreate, typeof areaPatch>,
): AreaWish => ({ kind: 'area', code: as.area(of), name, parent: code(parent, as.area) });

export const assetWish = (
  of: string,
  { lifeline, area, name, owner, ownerUnit, ...rest }: Body<typeof assetCreate, typeof assetPatch>,
): AssetWish => ({
  kind: 'asset',
  code: as.asset(of),
  name,
  lifeline: code(lifeline, as.lifeline),
  area: code(area, as.area),
  owner,
  ownerUnit: code(ownerUnit, as.unit),
  place: rest.place,
  geometry: rest.geometry,
  attributes: rest.attributes,
});

export const pointWish = (
  of: string,
  { lifeline, asset, ownerUnit, area, ...rest }: Body<typeof pointCreate, typeof pointPatch>,
): PointWish => ({
  kind: 'point',
  code: as.point(of),
  name: rest.name,
  lifeline: code(lifeline, as.lifeline),
  asset: code(asset, as.asset),
  ownerUnit: code(ownerUnit, as.unit),
  area: code(area, as.area),
  place: rest.place,
  unverified: rest.unverified,
  outOfService: rest.outOfService,
  attributes: rest.attributes,
});

export const deviceWish = (
  of: string,
  { lifeline, point, model, ...rest }: Body<typeof deviceCreate, typeof devicePatch>,
): DeviceWish => ({
  kind: 'device',
  code: as.device(of),
  lifeline: code(lifeline, as.lifeline),
  point: code(point, as.point),
  vendor: rest.vendor,
  serial: rest.serial,
  installedAt: rest.installedAt,
  unverified: rest.unverified,
  model: code(model, as.model),
  attributes: rest.attributes,
});

export const modelWish = (
  of: string,
  { name, vendor, attributes }: Body<typeof modelCreate, typeof modelPatch>,
): ModelWish => ({ kind: 'model', code: as.model(of), name, vendor, attributes });

/** A row of a file: an empty cell is left out. */
export function rowWish({ kind, code: of, geometry, ...cells }: RegisterDraft): RegisterWish {
  switch (kind) {
    case 'area':
      // In an area's row the column `area` can only mean the one above it.
      return areaWish(of, { name: cells.name, parent: cells.parent ?? cells.area });
    case 'asset':
      return { ...assetWish(of, cells), geometry };
    case 'point':
      return pointWish(of, cells);
    case 'model':
      return modelWish(of, cells);
    case 'device':
      return deviceWish(of, cells);
  }
}

/** As `rowWish`. */
export function personWish(draft: PeopleDraft): PeopleWish {
  if (draft.kind === 'unit') {
    const { code: of, parent, areas, lifelines, ...rest } = draft;
    return {
      ...rest,
      code: as.unit(of),
      ...(parent === undefined ? {} : { parent: as.unit(parent) }),
      ...(areas === undefined ? {} : { areas: areas.map(as.area) }),
      ...(lifelines === undefined ? {} : { lifelines: lifelines.map(as.lifeline) }),
    };
  }
  const { code: of, unit, ...rest } = draft;
  return { ...rest, code: as.contact(of), ...(unit === undefined ? {} : { unit: as.unit(unit) }) };
}
