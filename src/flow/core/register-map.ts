import type { AreaCode, AssetCode, DeviceCode, ModelCode, PointCode } from '../../domain/ids.ts';
import {
  type Area,
  type Asset,
  type Device,
  type DeviceModel,
  type Point,
  type RegisterChange,
  UNPLACED_AREA,
  type WorkWindow,
} from '../../domain/register/register.ts';
import { unreachable } from '../../domain/result.ts';
import type { RegisterView } from '../ports/service.ts';

/** The register 台账 in memory: folded from its changes, which the journal keeps. */
export class RegisterMap implements RegisterView {
  readonly #areas = new Map<AreaCode, Area>([[UNPLACED_AREA.code, UNPLACED_AREA]]);
  readonly #assets = new Map<AssetCode, Asset>();
  readonly #points = new Map<PointCode, Point>();
  readonly #models = new Map<ModelCode, DeviceModel>();
  readonly #devices = new Map<DeviceCode, Device>();
  readonly #devicesAt = new Map<PointCode, readonly Device[]>();
  readonly #works = new Map<string, WorkWindow>();
  /** Those not ended early, by point. */
  readonly #worksAt = new Map<PointCode, readonly WorkWindow[]>();

  /** Lists in order of code, until the next change. */
  readonly #sorted = new Map<RegisterChange['kind'], readonly unknown[]>();

  apply(change: RegisterChange): void {
    this.#sorted.delete(change.kind);
    switch (change.kind) {
      case 'area':
        this.#areas.set(change.area.code, change.area);
        return;
      case 'asset':
        this.#assets.set(change.asset.code, change.asset);
        return;
      case 'point':
        this.#points.set(change.point.code, change.point);
        return;
      case 'model':
        this.#models.set(change.model.code, change.model);
        return;
      case 'device':
        this.#device(change.device);
        return;
      case 'work':
        this.#work(change.work);
        return;
      case 'fault':
      case 'quality':
        return; // The quality book's.
      default:
        unreachable(change);
    }
  }

  areas = (): readonly Area[] => this.#inOrder('area', this.#areas);
  assets = (): readonly Asset[] => this.#inOrder('asset', this.#assets);
  points = (): readonly Point[] => this.#inOrder('point', this.#points);
  models = (): readonly DeviceModel[] => this.#inOrder('model', this.#models);
  devices = (): readonly Device[] => this.#inOrder('device', this.#devices);
  /** In order of id, which is that of time. */
  works = (): readonly WorkWindow[] =>
    [...this.#works.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  worksAt = (code: PointCode): readonly WorkWindow[] => this.#worksAt.get(code) ?? [];

  /** Those that are installed at the point now. */
  devicesAt = (code: PointCode): readonly Device[] => this.#devicesAt.get(code) ?? [];

  #device(device: Device): void {
    const before = this.#devices.get(device.code)?.point ?? null;
    this.#devices.set(device.code, device);
    for (const point of new Set([before, device.point])) {
      if (point === null) continue;
      const others = this.devicesAt(point).filter((d) => d.code !== device.code);
      this.#devicesAt.set(point, point === device.point ? [...others, device] : others);
    }
  }

  #work(work: WorkWindow): void {
    this.#works.set(work.id, work);
    const others = this.worksAt(work.point).filter((w) => w.id !== work.id);
    this.#worksAt.set(work.point, work.ended === null ? [...others, work] : others);
  }

  #inOrder<T extends { readonly code: string }>(
    kind: RegisterChange['kind'],
    map: ReadonlyMap<string, T>,
  ): readonly T[] {
    const known = this.#sorted.get(kind) as readonly T[] | undefined;
    if (known !== undefined) return known;
    const sorted = byCode(map);
    this.#sorted.set(kind, sorted);
    return sorted;
  }

  area = (code: AreaCode): Area | undefined => this.#areas.get(code);
  asset = (code: AssetCode): Asset | undefined => this.#assets.get(code);
  point = (code: PointCode): Point | undefined => this.#points.get(code);
  model = (code: ModelCode): DeviceModel | undefined => this.#models.get(code);
  device = (code: DeviceCode): Device | undefined => this.#devices.get(code);
}

function byCode<T extends { readonly code: string }>(map: ReadonlyMap<string, T>): readonly T[] {
  return [...map.values()].sort((a, b) => (a.code < b.code ? -1 : a.code > b.code ? 1 : 0));
}
