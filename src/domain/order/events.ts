import type { AlarmId, OrderId } from '../ids.ts';
import type { ResponseEvent } from '../response/event.ts';
import type { Duration, Millis } from '../time.ts';
import type { ClockName } from './clock-policy.ts';
import type { OrderAct, OrderBirth } from './commands.ts';
import type { Order, Wanted } from './order.ts';

type Of<V extends OrderAct['do']> = Omit<Extract<OrderAct, { readonly do: V }>, 'do'>;

/** What happened to an order. `kind` is what the live stream calls it. */
export type OrderChange =
  | { readonly kind: 'created'; readonly birth: OrderBirth }
  | ({ readonly kind: 'dispatched' } & Omit<Of<'dispatch'>, 'coordinates'>)
  | { readonly kind: 'accepted' }
  /** `toCoordinator`: for the second time. */
  | {
      readonly kind: 'returned';
      readonly why: Of<'refuse'>['kind'];
      readonly reason: string;
      readonly toCoordinator: boolean;
    }
  | ({ readonly kind: 'forwarded' } & Of<'forward'>)
  | { readonly kind: 'asked'; readonly for: Omit<Wanted, 'by' | 'at'> }
  | ({ readonly kind: 'arrived' } & Omit<Of<'arrive'>, 'accepts'>)
  | ({ readonly kind: 'fed-back' } & Of<'feedback'>)
  | ({ readonly kind: 'safety-checked' } & Of<'check-safety'>)
  | {
      readonly kind: 'paused';
      readonly why: Of<'pause'>['kind'];
      readonly until: Millis;
      readonly reason: string;
    }
  /** `because`: a person, or its end was there. */
  | { readonly kind: 'resumed'; readonly because: 'person' | 'end' }
  | ({ readonly kind: 'extension-asked' } & Of<'extend'>)
  | ({ readonly kind: 'extension-answered' } & Of<'answer-extension'>)
  | ({ readonly kind: 'done' } & Of<'done'>)
  | ({ readonly kind: 'verified' } & Omit<Of<'verify'>, 'pass'>)
  | ({ readonly kind: 'rework' } & Omit<Of<'verify'>, 'pass'>)
  | { readonly kind: 'archived' }
  | { readonly kind: 'voided'; readonly reason: string }
  | { readonly kind: 'urged'; readonly note: string }
  | { readonly kind: 'linked'; readonly alarms: readonly AlarmId[] }
  | ({ readonly kind: 'rebased' } & Of<'rebase'>)
  | {
      readonly kind: 'amber' | 'overdue';
      readonly clock: ClockName;
      readonly from: Millis;
      readonly dueAt: Millis;
    }
  | { readonly kind: 'clock-moved'; readonly by: Duration }
  /** A platform below has told how it stands there. */
  | { readonly kind: 'reported'; readonly order: Order };

export type OrderChangeKind = OrderChange['kind'];
export type OrderEvent = ResponseEvent<OrderId, OrderChange>;
