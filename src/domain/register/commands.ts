import type { Scope } from '../account/scope.ts';
import type { DeviceCode, LifelineKey, PointCode } from '../ids.ts';
import type { Refusal } from '../refusals.ts';
import type { Millis } from '../time.ts';
import type { RegisterFlaw } from './flaw.ts';
import type {
  Area,
  Asset,
  Device,
  DeviceModel,
  Point,
  RegisterChange,
  RegisterEntry,
  WorkWindow,
} from './register.ts';
import type { AreaWish, AssetWish, DeviceWish, ModelWish, PointWish } from './wish.ts';

type Person = { readonly account: string; readonly name: string };

export type CreateThing = {
  readonly do: 'create';
  readonly wish: AreaWish | AssetWish | PointWish | ModelWish | DeviceWish;
  /** Areas of whoever wants it. */
  readonly scope: Scope;
};
export type ChangeThing = Omit<CreateThing, 'do'> & { readonly do: 'change' };

/** 登记授权作业 */
export type OpenWorks = {
  readonly do: 'open-works';
  readonly point: PointCode;
  /** `null`: now. */
  readonly from: Millis | null;
  /** Exclusive. */
  readonly until: Millis;
  readonly reason: string;
  readonly by: Person;
  readonly scope: Scope;
  /** A second person who authorises works too, and has proved to be there. */
  readonly second: { readonly name: string; readonly scope: Scope } | null;
};
/** 提前结束 */
export type EndWorks = {
  readonly do: 'end-works';
  readonly point: PointCode;
  readonly id: string;
  readonly by: Person;
  readonly scope: Scope;
};
/** An unknown device publishes: it and a point of its code come into being, to be checked by a person. */
export type RegisterItself = {
  readonly do: 'register-itself';
  readonly device: DeviceCode;
  readonly lifeline: LifelineKey;
};
/** The register shall have these as they stand here: all of them, or none. */
export type StateEntries = { readonly do: 'state'; readonly entries: readonly RegisterEntry[] };

export type RegisterCommand =
  | CreateThing
  | ChangeThing
  | OpenWorks
  | EndWorks
  | RegisterItself
  | StateEntries;

type ThingOfKind = {
  readonly area: Area;
  readonly asset: Asset;
  readonly point: Point;
  readonly model: DeviceModel;
  readonly device: Device;
};

/** What a command is about. */
export type ThingOf<C extends RegisterCommand> = C extends {
  readonly wish: { readonly kind: infer K extends keyof ThingOfKind };
}
  ? ThingOfKind[K]
  : C extends OpenWorks | EndWorks
    ? WorkWindow
    : null;

declare const decided: unique symbol;
/** Changes that have been decided on: nothing else gets into the register. */
export type Decided = readonly RegisterChange[] & { readonly [decided]: true };

/** What a command comes to: what the register has to take over, and the thing before and after. */
export type RegisterDecision<Thing = unknown> = {
  /** None: it is so already. */
  readonly changes: Decided;
  readonly before: Thing | undefined;
  readonly after: Thing;
};

export type RegisterRefusal = Refusal & {
  readonly flaws: readonly RegisterFlaw[];
  /** In the whole register it would do: what is in the way is that something lies in a foreign area. */
  readonly foreign: boolean;
};
