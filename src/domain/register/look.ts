import { maySeeArea, type Scope } from '../account/scope.ts';
import {
  type AreaCode,
  type AssetCode,
  as,
  type DeviceCode,
  type ModelCode,
  type PointCode,
} from '../ids.ts';
import type { Area, Asset, Device, DeviceModel, Point, RegisterEntry, WorkWindow } from './register.ts';

/** What a change is decided against: the register, or the register with what a file is about to bring. */
export type RegisterLook = {
  area(code: AreaCode): Area | undefined;
  asset(code: AssetCode): Asset | undefined;
  point(code: PointCode): Point | undefined;
  model(code: ModelCode): DeviceModel | undefined;
  device(code: DeviceCode): Device | undefined;
  /** 作业窗口, also those that are over. */
  works(): readonly WorkWindow[];
};

/** Which things of a register somebody sees who sees these areas. */
export type Sight = {
  area(a: Area): boolean;
  /** An asset or a point. */
  placed(x: Asset | Point): boolean;
  device(d: Device): boolean;
  work(w: WorkWindow): boolean;
};

/**
 * A device and its works are where their point is; a device that is installed nowhere belongs to those who see the
 * whole city.
 */
export function sightOf(register: Pick<RegisterLook, 'point'>, sees: (area: string) => boolean): Sight {
  const atPoint = (code: PointCode | null): boolean => {
    const point = code === null ? undefined : register.point(code);
    return point !== undefined && sees(point.area);
  };
  return {
    area: (a) => sees(a.code),
    placed: (x) => sees(x.area),
    device: (d) => atPoint(d.point),
    work: (w) => atPoint(w.point),
  };
}

/** Which areas somebody of this scope sees, by the register's parents as they are now. A city has far more points than areas. */
export function areasSeen(register: Pick<RegisterLook, 'area'>, scope: Scope): (area: string) => boolean {
  const known = new Map<string, boolean>();
  return (area) => {
    const before = known.get(area);
    if (before !== undefined) return before;
    const found = maySeeArea(scope, area, (a) => register.area(as.area(a))?.parent);
    known.set(area, found);
    return found;
  };
}

/** The register as somebody of this scope has it: what lies elsewhere is not there. */
export function lookOf(register: RegisterLook, scope: Scope): RegisterLook {
  if (scope === null) return register;
  const sight = sightOf(register, areasSeen(register, scope));
  const only = <T>(x: T | undefined, seen: (x: T) => boolean): T | undefined =>
    x !== undefined && seen(x) ? x : undefined;
  return {
    area: (code) => only(register.area(code), sight.area),
    asset: (code) => only(register.asset(code), sight.placed),
    point: (code) => only(register.point(code), sight.placed),
    model: (code) => register.model(code),
    device: (code) => only(register.device(code), sight.device),
    works: () => register.works().filter(sight.work),
  };
}

/** A register with something laid over it that is not in it yet. */
export class RegisterOverlay implements RegisterLook {
  readonly #under: () => RegisterLook;
  readonly #areas = new Map<AreaCode, Area>();
  readonly #assets = new Map<AssetCode, Asset>();
  readonly #points = new Map<PointCode, Point>();
  readonly #models = new Map<ModelCode, DeviceModel>();
  readonly #devices = new Map<DeviceCode, Device>();

  /** @param under asked anew each time: how it looks may change as things are laid over it */
  constructor(under: () => RegisterLook) {
    this.#under = under;
  }

  area = (code: AreaCode): Area | undefined => this.#areas.get(code) ?? this.#under().area(code);
  asset = (code: AssetCode): Asset | undefined => this.#assets.get(code) ?? this.#under().asset(code);
  point = (code: PointCode): Point | undefined => this.#points.get(code) ?? this.#under().point(code);
  model = (code: ModelCode): DeviceModel | undefined => this.#models.get(code) ?? this.#under().model(code);
  device = (code: DeviceCode): Device | undefined => this.#devices.get(code) ?? this.#under().device(code);
  works = (): readonly WorkWindow[] => this.#under().works();

  lay(entry: RegisterEntry): void {
    switch (entry.kind) {
      case 'area':
        this.#areas.set(entry.area.code, entry.area);
        return;
      case 'asset':
        this.#assets.set(entry.asset.code, entry.asset);
        return;
      case 'point':
        this.#points.set(entry.point.code, entry.point);
        return;
      case 'model':
        this.#models.set(entry.model.code, entry.model);
        return;
      case 'device':
        this.#devices.set(entry.device.code, entry.device);
        return;
    }
  }

  takeAway(area: AreaCode): void {
    this.#areas.delete(area);
  }
}

type Thing = Area | Asset | Point | DeviceModel | Device;

/** What the register has under the entry's code. */
export function standing(entry: RegisterEntry, register: RegisterLook): Thing | undefined {
  switch (entry.kind) {
    case 'area':
      return register.area(entry.area.code);
    case 'asset':
      return register.asset(entry.asset.code);
    case 'point':
      return register.point(entry.point.code);
    case 'model':
      return register.model(entry.model.code);
    case 'device':
      return register.device(entry.device.code);
  }
}

/** The thing itself. */
export function thingOf(entry: RegisterEntry): Thing {
  switch (entry.kind) {
    case 'area':
      return entry.area;
    case 'asset':
      return entry.asset;
    case 'point':
      return entry.point;
    case 'model':
      return entry.model;
    case 'device':
      return entry.device;
  }
}

/** Two things say the same, whatever the order of their fields. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [of, other] = [a as Record<string, unknown>, b as Record<string, unknown>];
  const keys = Object.keys(of);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(of[key], other[key]))
  );
}
