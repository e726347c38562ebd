import type { AreaCode, AssetCode, DeviceCode, LifelineKey, ModelCode, PointCode, UnitCode } from '../ids.ts';
import type { DeviceFault, DeviceQuality } from '../quality/device.ts';
import type { Millis } from '../time.ts';
import type { Geometry, Reference } from './geometry.ts';

/** Node of 市 → 区 → 街道 → 社区. */
export type Area = { readonly code: AreaCode; readonly name: string; readonly parent: AreaCode | null };

/** Coordinates with their reference named; GCJ-02 is converted on display only, never stored. */
export type Place = { readonly lon: number; readonly lat: number; readonly crs: Reference };

/** 设施: the thing cared for. */
export type Asset = {
  readonly code: AssetCode;
  readonly name: string;
  readonly lifeline: LifelineKey;
  readonly area: AreaCode;
  /** 权属单位, in words: as a file of another system names it. Who is called out is `ownerUnit`. */
  readonly owner: string | null;
  /** The unit that owns it and is called out; left out: whoever `owner` names. */
  readonly ownerUnit?: UnitCode;
  readonly place: Place | null;
  /** Left out: it is a point, or nobody has said where it lies. */
  readonly geometry?: Geometry;
  /** Material, diameter, year …, as the file that it came from has them. Left out: none. */
  readonly attributes?: Readonly<Record<string, string>>;
};

/** 监测点. */
export type Point = {
  readonly code: PointCode;
  readonly name: string;
  readonly lifeline: LifelineKey;
  readonly asset: AssetCode | null;
  /** Left out: its asset's. */
  readonly ownerUnit?: UnitCode;
  readonly area: AreaCode;
  readonly place: Place | null;
  /** 待核实: came into being by itself because an unknown device published; a person should check it. */
  readonly unverified: boolean;
  /** 检修停用: alarms are recorded and hidden while set. */
  readonly outOfService: { readonly since: Millis; readonly reason: string } | null;
  /** Kind of well, distance to the gas main, installed angle … : what judging by a person needs. */
  readonly attributes: Readonly<Record<string, string>>;
};

/** 监测设备: replaceable; `point` is where it is installed now. */
export type Device = {
  readonly code: DeviceCode;
  readonly lifeline: LifelineKey;
  readonly point: PointCode | null;
  readonly vendor: string | null;
  readonly serial: string | null;
  readonly installedAt: Millis | null;
  readonly unverified: boolean;
  /** Left out: not said. */
  readonly model?: ModelCode;
  /** As a point's; left out: none. By which values it says that it has failed stands here, and goes with it. */
  readonly attributes?: Readonly<Record<string, string>>;
};

/** 型号: what holds of every device of its kind, wherever it hangs. It lies in no area. */
export type DeviceModel = {
  readonly code: ModelCode;
  readonly name: string;
  readonly vendor: string | null;
  readonly attributes: Readonly<Record<string, string>>;
};

/**
 * 作业窗口: works at a point that somebody has authorised. While it lasts, what the works themselves set off (the cover
 * is open) is recorded and not shown; what endangers the crew (gas) is shown as ever.
 */
export type WorkWindow = {
  readonly id: string;
  readonly point: PointCode;
  readonly from: Millis;
  /** Exclusive. */
  readonly until: Millis;
  readonly reason: string;
  readonly by: { readonly account: string; readonly name: string };
  /** Name of a second person who may authorise works too, and has proved to be there; left out: there was none. */
  readonly second?: string;
  /** Our clock. */
  readonly at: Millis;
  /** 提前结束: since then it hides nothing. */
  readonly ended: {
    readonly at: Millis;
    readonly by: { readonly account: string; readonly name: string };
  } | null;
};

export const isWorking = (w: WorkWindow, now: Millis): boolean =>
  w.ended === null && w.from <= now && now < w.until;

/** What somebody keeps the register by: one thing of it, as it shall be. */
export type RegisterEntry =
  | { readonly kind: 'area'; readonly area: Area }
  | { readonly kind: 'asset'; readonly asset: Asset }
  | { readonly kind: 'point'; readonly point: Point }
  | { readonly kind: 'model'; readonly model: DeviceModel }
  | { readonly kind: 'device'; readonly device: Device };

/** One change to the register; journaled with the turn that caused it. Upserts by code. */
export type RegisterChange =
  | RegisterEntry
  | { readonly kind: 'work'; readonly work: WorkWindow }
  /** Kept beside the register, for those who maintain: by device, kind and metric; by device. */
  | { readonly kind: 'fault'; readonly fault: DeviceFault }
  | { readonly kind: 'quality'; readonly quality: DeviceQuality };

/** The area of everything that nobody has placed yet. */
export const UNPLACED_AREA: Area = { code: '000000' as AreaCode, name: '未划分', parent: null };
