import type { AreaCode, AssetCode, DeviceCode, LifelineKey, ModelCode, PointCode, UnitCode } from '../ids.ts';
import type { Millis } from '../time.ts';
import { flaw, type RegisterFlaw } from './flaw.ts';
import type { Geometry } from './geometry.ts';
import type { RegisterLook } from './look.ts';
import {
  type Area,
  type Asset,
  type Device,
  type DeviceModel,
  type Place,
  type Point,
  type RegisterEntry,
  UNPLACED_AREA,
} from './register.ts';

/** What somebody wants of one thing: a field that is left out stays as it is, `null` clears it. */
export type AreaWish = {
  readonly kind: 'area';
  readonly code: AreaCode;
  readonly name?: string | undefined;
  readonly parent?: AreaCode | null | undefined;
};
export type AssetWish = {
  readonly kind: 'asset';
  readonly code: AssetCode;
  readonly name?: string | undefined;
  readonly lifeline?: LifelineKey | undefined;
  readonly area?: AreaCode | undefined;
  readonly owner?: string | null | undefined;
  readonly ownerUnit?: UnitCode | null | undefined;
  readonly place?: Place | null | undefined;
  readonly geometry?: Geometry | null | undefined;
  /** As a point's. */
  readonly attributes?: Readonly<Record<string, string | null>> | undefined;
};
export type PointWish = {
  readonly kind: 'point';
  readonly code: PointCode;
  readonly name?: string | undefined;
  readonly lifeline?: LifelineKey | undefined;
  readonly asset?: AssetCode | null | undefined;
  readonly ownerUnit?: UnitCode | null | undefined;
  /** Of a new point left out: the area of its asset. */
  readonly area?: AreaCode | undefined;
  readonly place?: Place | null | undefined;
  readonly unverified?: boolean | undefined;
  /** Since when stays what it was, where it was out of service already. */
  readonly outOfService?: { readonly reason: string } | null | undefined;
  /** Merged into what is there; `null` takes one away. */
  readonly attributes?: Readonly<Record<string, string | null>> | undefined;
};
export type DeviceWish = {
  readonly kind: 'device';
  readonly code: DeviceCode;
  readonly lifeline?: LifelineKey | undefined;
  readonly point?: PointCode | null | undefined;
  readonly vendor?: string | null | undefined;
  readonly serial?: string | null | undefined;
  readonly installedAt?: Millis | null | undefined;
  readonly unverified?: boolean | undefined;
  readonly model?: ModelCode | null | undefined;
  /** As a point's. */
  readonly attributes?: Readonly<Record<string, string | null>> | undefined;
};
export type ModelWish = {
  readonly kind: 'model';
  readonly code: ModelCode;
  readonly name?: string | undefined;
  readonly vendor?: string | null | undefined;
  /** As a point's. */
  readonly attributes?: Readonly<Record<string, string | null>> | undefined;
};
export type RegisterWish = AreaWish | AssetWish | PointWish | ModelWish | DeviceWish;

const NAMELESS = flaw('name', 'name-missing', '请填写名称', 'a name must be given');
const NO_LIFELINE = flaw('lifeline', 'lifeline-missing', '请填写业务专项', 'a lifeline must be given');

/**
 * The thing as it shall be: what is there with what is wished, or what is missing of a new one.
 *
 * @param register as whoever wishes has it
 */
export function entryOf(
  wish: RegisterWish,
  register: RegisterLook,
  now: Millis,
): RegisterEntry | readonly RegisterFlaw[] {
  switch (wish.kind) {
    case 'area':
      return areaOf(wish, register.area(wish.code));
    case 'asset':
      return assetOf(wish, register.asset(wish.code));
    case 'point':
      return pointOf(wish, register.point(wish.code), register, now);
    case 'model':
      return modelOf(wish, register.model(wish.code));
    case 'device':
      return deviceOf(wish, register.device(wish.code));
  }
}

export const areFlaws = (x: RegisterEntry | readonly RegisterFlaw[]): x is readonly RegisterFlaw[] =>
  Array.isArray(x);

function areaOf(wish: AreaWish, before: Area | undefined): RegisterEntry | readonly RegisterFlaw[] {
  const name = wish.name ?? before?.name;
  if (name === undefined) return [NAMELESS];
  return {
    kind: 'area',
    area: { code: wish.code, name, parent: wished(wish.parent, before?.parent) },
  };
}

function assetOf(wish: AssetWish, before: Asset | undefined): RegisterEntry | readonly RegisterFlaw[] {
  const name = wish.name ?? before?.name;
  const lifeline = wish.lifeline ?? before?.lifeline;
  if (name === undefined || lifeline === undefined) return missing(name, lifeline);
  const geometry = wished(wish.geometry, before?.geometry);
  const attributes = merged(before?.attributes ?? {}, wish.attributes ?? {});
  return {
    kind: 'asset',
    asset: {
      code: wish.code,
      name,
      lifeline,
      area: wish.area ?? before?.area ?? UNPLACED_AREA.code,
      owner: wished(wish.owner, before?.owner),
      ...ownerUnit(wish, before),
      place: wished(wish.place, before?.place),
      ...(geometry === null ? {} : { geometry }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    },
  };
}

function pointOf(
  wish: PointWish,
  before: Point | undefined,
  register: RegisterLook,
  now: Millis,
): RegisterEntry | readonly RegisterFlaw[] {
  const name = wish.name ?? before?.name;
  const lifeline = wish.lifeline ?? before?.lifeline;
  if (name === undefined || lifeline === undefined) return missing(name, lifeline);
  const asset = wished(wish.asset, before?.asset);
  const ofAsset = asset === null ? undefined : register.asset(asset)?.area;
  const out = before?.outOfService ?? null;
  return {
    kind: 'point',
    point: {
      code: wish.code,
      name,
      lifeline,
      asset,
      ...ownerUnit(wish, before),
      area: wish.area ?? before?.area ?? ofAsset ?? UNPLACED_AREA.code,
      place: wished(wish.place, before?.place),
      unverified: wish.unverified ?? before?.unverified ?? false,
      outOfService:
        wish.outOfService === undefined
          ? out
          : wish.outOfService && { since: out?.since ?? now, reason: wish.outOfService.reason },
      attributes: merged(before?.attributes ?? {}, wish.attributes ?? {}),
    },
  };
}

function deviceOf(wish: DeviceWish, before: Device | undefined): RegisterEntry | readonly RegisterFlaw[] {
  const lifeline = wish.lifeline ?? before?.lifeline;
  if (lifeline === undefined) return [NO_LIFELINE];
  const model = wished(wish.model, before?.model);
  const attributes = merged(before?.attributes ?? {}, wish.attributes ?? {});
  return {
    kind: 'device',
    device: {
      code: wish.code,
      lifeline,
      point: wished(wish.point, before?.point),
      vendor: wished(wish.vendor, before?.vendor),
      serial: wished(wish.serial, before?.serial),
      installedAt: wished(wish.installedAt, before?.installedAt),
      unverified: wish.unverified ?? before?.unverified ?? false,
      ...(model === null ? {} : { model }),
      ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    },
  };
}

function modelOf(wish: ModelWish, before: DeviceModel | undefined): RegisterEntry | readonly RegisterFlaw[] {
  const name = wish.name ?? before?.name;
  if (name === undefined) return [NAMELESS];
  return {
    kind: 'model',
    model: {
      code: wish.code,
      name,
      vendor: wished(wish.vendor, before?.vendor),
      attributes: merged(before?.attributes ?? {}, wish.attributes ?? {}),
    },
  };
}

function ownerUnit(
  wish: Pick<AssetWish, 'ownerUnit'>,
  before: Pick<Asset, 'ownerUnit'> | undefined,
): Pick<Asset, 'ownerUnit'> {
  const unit = wished(wish.ownerUnit, before?.ownerUnit);
  return unit === null ? {} : { ownerUnit: unit };
}

const wished = <T>(wish: T | null | undefined, before: T | null | undefined): T | null =>
  wish === undefined ? (before ?? null) : wish;

const missing = (name: string | undefined, lifeline: string | undefined): readonly RegisterFlaw[] => [
  ...(name === undefined ? [NAMELESS] : []),
  ...(lifeline === undefined ? [NO_LIFELINE] : []),
];

function merged(
  before: Readonly<Record<string, string>>,
  wish: Readonly<Record<string, string | null>>,
): Readonly<Record<string, string>> {
  const all = new Map<string, string>(Object.entries(before));
  for (const [key, value] of Object.entries(wish)) {
    if (value === null) all.delete(key);
    else all.set(key, value);
  }
  return Object.fromEntries(all);
}
