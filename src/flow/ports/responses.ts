import type { AlarmId, AttachmentId, OrderId, UnitCode } from '../../domain/ids.ts';
import type { ClockPolicy } from '../../domain/order/clock-policy.ts';
import type { OrderAct } from '../../domain/order/commands.ts';
import type { Order, OrderPlace, OrderSource } from '../../domain/order/order.ts';
import type { Refusal } from '../../domain/refusals.ts';
import type { Attachment } from '../../domain/response/attachment.ts';
import type { Asked } from '../../domain/response/event.ts';
import type { JournaledResponse } from '../../domain/response/journaled.ts';
import type { Result } from '../../domain/result.ts';
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

export type OrderAsk = Exclude<OrderAct, { readonly do: 'rebase' }> | { readonly do: 'rebase' };

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
  orderEvents(id: OrderId): Promise<readonly JournaledResponse[]>;
  /** Newest first. */
  orders(filter: Omit<ResponseFilter, 'kind'>, limit: number, after: string | null): Promise<Page<Order>>;
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
