import type { KeptView, SeriesNote } from '../../domain/desk/kept.ts';
import type {
  AlarmId,
  AttachmentId,
  IncidentId,
  OrderId,
  PointCode,
  UnitCode,
  WarningId,
} from '../../domain/ids.ts';
import type { Incident, IncidentAct } from '../../domain/incident/incident.ts';
import type { ClockPolicy } from '../../domain/order/clock-policy.ts';
import type { OrderAct } from '../../domain/order/commands.ts';
import type { Order, OrderPlace, OrderSource } from '../../domain/order/order.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Attachment } from '../../domain/response/attachment.ts';
import type { Asked } from '../../domain/response/event.ts';
import type { JournaledResponse } from '../../domain/response/journaled.ts';
import type { EmergencyPlan, Resource } from '../../domain/response/resource.ts';
import type { Result } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';
import type { WarningAct } from '../../domain/warning/commands.ts';
import type { Warning, WarningContent, WarningStatus } from '../../domain/warning/warning.ts';
import type { Page, ResponseFilter } from './journal.ts';

/** An order as somebody wishes it: what is left out is taken from its alarm or its point. */
export type OrderWish = {
  readonly source: OrderSource;
  readonly title: string | null;
  readonly lifeline: string | null;
  readonly level: Order['level'] | null;
  readonly place: { readonly [K in keyof OrderPlace]?: OrderPlace[K] | undefined };
  readonly alarms: readonly AlarmId[];
  readonly warning: Order['warning'];
  readonly incident: Order['incident'];
  readonly attachments: readonly AttachmentId[];
  /** Dispatched at once; `null`: later. */
  readonly unit: UnitCode | null;
  readonly contact: Order['contact'];
};

/** For whom somebody acts: `null`: for every unit of the areas that they see. */
export type ActsFor = { readonly unit: UnitCode | null; readonly sees: (area: string) => boolean };
/** A crew or leader without a unit acts for none. */
export type ActsForNobody = 'nobody';

/** A warning as somebody wishes it: what is left out is taken from the alarms that it rests on. */
export type WarningWish = {
  readonly content: Partial<WarningContent>;
  readonly lifeline: string | null;
  readonly status: WarningStatus;
  readonly alarms: readonly AlarmId[];
  readonly incident: Warning['basis']['incident'];
  /** `null`: the owners of what the alarms are at. */
  readonly recipients: readonly UnitCode[] | null;
  readonly issuer: UnitCode | null;
};

/** An act on an incident as it is asked for: alarms by their ids. */
export type IncidentAsk =
  | { readonly do: 'join'; readonly alarms: readonly AlarmId[] }
  | { readonly do: 'split'; readonly alarms: readonly AlarmId[]; readonly reason: string }
  /** `step`: 1 the first, of the plan at `revision`. */
  | {
      readonly do: 'tick-step';
      readonly plan: string;
      readonly revision: number;
      readonly step: number;
      readonly isDone: boolean;
    }
  | Exclude<IncidentAct, { readonly do: 'join' | 'split' | 'tick-step' }>;

/** What a warning rests on, and what of it is not over yet. */
export type LiftConditions = {
  /** Over: closed or judged. */
  readonly alarms: readonly { readonly alarm: AlarmId; readonly isOver: boolean }[];
  /** Orders for it or for its alarms that are still to be done. */
  readonly orders: readonly Order[];
};

type WithoutStamp<A> = A extends WarningAct ? Omit<A, 'identifier' | 'isOver'> : never;
export type WarningAsk = WithoutStamp<WarningAct>;

export type OrderAsk = Exclude<OrderAct, { readonly do: 'rebase' }> | { readonly do: 'rebase' };

/** Plans and resources; lists in order of code. */
export interface ResourcesView {
  plans(): readonly EmergencyPlan[];
  plan(code: string): EmergencyPlan | undefined;
  resources(): readonly Resource[];
  resource(code: string): Resource | undefined;
}

/** Views that people keep, and what they wrote beside curves. */
export interface KeptAtDesk {
  /** In order of name. */
  views(): readonly KeptView[];
  view(id: string): KeptView | undefined;
  /** Oldest first. */
  notesAt(point: PointCode): readonly SeriesNote[];
  note(id: string): SeriesNote | undefined;
}

/** What people ask of orders 工单. Changes resolve when they are durable, and are idempotent by `commandId`. */
export interface Responses {
  createOrder(wish: OrderWish, asked: Asked, who: ActsFor): Promise<Result<Order, Refusal>>;
  actOnOrder(
    id: OrderId,
    act: OrderAsk & Asked,
    who: ActsFor | ActsForNobody,
  ): Promise<Result<Order, Refusal>>;
  /** One order, open or over, as of the last durable turn. */
  order(id: OrderId): Promise<Order | null>;
  /** Newest first. */
  orders(filter: Omit<ResponseFilter, 'kind'>, limit: number, after: string | null): Promise<Page<Order>>;
  /** A warning is drafted from alarms, or by hand: what is left out is proposed. */
  draftWarning(wish: WarningWish, asked: Asked, who: ActsFor): Promise<Result<Warning, Refusal>>;
  actOnWarning(
    id: WarningId,
    act: WarningAsk & Asked,
    who: ActsFor | ActsForNobody,
  ): Promise<Result<Warning, Refusal>>;
  warning(id: WarningId): Promise<Warning | null>;
  /** Whether it may be lifted without a reason in writing, piece by piece. */
  liftConditions(warning: Warning): Promise<LiftConditions>;
  /** Newest first. */
  warnings(filter: Omit<ResponseFilter, 'kind'>, limit: number, after: string | null): Promise<Page<Warning>>;
  /** Somebody takes alarms for one incident. */
  makeIncident(
    wish: { readonly name: string; readonly alarms: readonly AlarmId[] },
    asked: Asked,
    who: ActsFor,
  ): Promise<Result<Incident, Refusal>>;
  actOnIncident(id: IncidentId, act: IncidentAsk & Asked, who: ActsFor): Promise<Result<Incident, Refusal>>;
  incident(id: IncidentId): Promise<Incident | null>;
  /** Newest first. */
  incidents(
    filter: Omit<ResponseFilter, 'kind'>,
    limit: number,
    after: string | null,
  ): Promise<Page<Incident>>;
  /** The whole story of an order, warning or incident, oldest first. */
  eventsOf(id: OrderId | WarningId | IncidentId): Promise<readonly JournaledResponse[]>;
  readonly resources: ResourcesView;
  /** @param seen the revision that was looked at; `null`: it is new */
  keepPlan(
    plan: Omit<EmergencyPlan, 'revision' | 'at'>,
    seen: number | null,
  ): Promise<Result<EmergencyPlan, Refusal>>;
  keepResource(
    resource: Omit<Resource, 'revision' | 'at'>,
    seen: number | null,
  ): Promise<Result<Resource, Refusal>>;
  readonly kept: KeptAtDesk;
  keepView(view: Omit<KeptView, 'at'>): Promise<Result<KeptView, Refusal>>;
  keepNote(note: Omit<SeriesNote, 'at'>): Promise<Result<SeriesNote, Refusal>>;
  /** Those in force, in order of id. */
  clockPolicies(): readonly ClockPolicy[];
  /** Oldest first; none: there is no such policy. */
  clockPolicyVersions(id: string): readonly ClockPolicy[];
  keepClockPolicy(
    wish: Omit<ClockPolicy, 'version' | 'at'> & { readonly seenVersion: number | null },
  ): Promise<Result<ClockPolicy, Refusal>>;
}

/** Where files beside orders are kept. */
export interface Attachments {
  /** Flushed to disk when it resolves; the same bytes twice are one file. @returns `null`: its bytes are of none of the types */
  keep(bytes: Uint8Array): Promise<Attachment | null>;
  find(id: AttachmentId): Promise<Attachment | null>;
  read(id: AttachmentId): Promise<Uint8Array | null>;
}

/** A file of an incident's archive; its path is relative. */
export type BundleFile = { readonly path: string; readonly bytes: Uint8Array };

/** What an archive says of itself. */
export type BundleHead = {
  readonly incident: IncidentId;
  readonly madeAt: Millis;
  /** Who took it. */
  readonly madeBy: string;
  /** The journal's newest event when it was taken. */
  readonly seq: number;
  /** `n:seal` of the audit journal's newest entry. */
  readonly anchor: string | null;
  /** What should be in it and is not, in sentences. */
  readonly leftOut: readonly string[];
};

/** @returns a zip */
export type PackBundle = (files: readonly BundleFile[], head: BundleHead) => Uint8Array;
