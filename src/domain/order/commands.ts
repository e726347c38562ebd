import type { AlarmId, AttachmentId, ContactId, UnitCode } from '../ids.ts';
import type { Asked } from '../response/event.ts';
import type { Duration, Millis } from '../time.ts';
import type { ClockLimits } from './clock-policy.ts';
import type { Order, PauseKind, RefusalKind, SafetyCheck } from './order.ts';

/** What an order is made of. */
export type OrderBirth = Pick<
  Order,
  | 'id'
  | 'no'
  | 'source'
  | 'title'
  | 'lifeline'
  | 'level'
  | 'place'
  | 'alarms'
  | 'warning'
  | 'incident'
  | 'attachments'
  | 'drill'
> & { readonly limits: ClockLimits; readonly policy: Order['policy'] };

type With = { readonly attachments: readonly AttachmentId[] };

/** What people do to an order (docs/interfaces.md §8). */
export type OrderAct =
  | {
      readonly do: 'dispatch';
      readonly unit: UnitCode;
      readonly contact: ContactId | null;
      /** Whoever asks may also find a unit for what was sent back twice. */
      readonly coordinates: boolean;
    }
  | { readonly do: 'accept' }
  | { readonly do: 'refuse'; readonly kind: RefusalKind; readonly reason: string }
  | { readonly do: 'forward'; readonly unit: UnitCode; readonly reason: string }
  | ({
      readonly do: 'arrive';
      /** The crew was there before anybody had accepted. */
      readonly accepts: boolean;
      readonly lon: number | null;
      readonly lat: number | null;
      readonly accuracyM: number | null;
      /** Where that is, in their own words: nothing measured it. */
      readonly placeText?: string;
    } & With)
  | ({ readonly do: 'feedback'; readonly text: string } & With)
  | ({ readonly do: 'check-safety' } & Pick<SafetyCheck, 'readings' | 'permit'>)
  | { readonly do: 'pause'; readonly kind: PauseKind; readonly until: Millis; readonly reason: string }
  | { readonly do: 'resume' }
  | { readonly do: 'extend'; readonly until: Millis; readonly reason: string }
  | { readonly do: 'answer-extension'; readonly granted: boolean; readonly reason: string }
  | ({
      readonly do: 'done';
      readonly result: string;
      readonly cause: string | null;
      /** Mended from afar: nobody had to arrive. */
      readonly remote: boolean;
    } & With)
  | {
      readonly do: 'verify';
      readonly pass: boolean;
      readonly method: string;
      readonly reason: string | null;
    }
  | { readonly do: 'archive' }
  | { readonly do: 'void'; readonly reason: string }
  | { readonly do: 'urge'; readonly note: string }
  /** More alarms that this work is about. */
  | { readonly do: 'link'; readonly alarms: readonly AlarmId[] }
  /** The minutes in force now, in place of those that it was made with. */
  | { readonly do: 'rebase'; readonly limits: ClockLimits; readonly policy: Order['policy'] };

export type OrderCommand =
  | ({ readonly do: 'create'; readonly birth: OrderBirth } & Asked)
  | (OrderAct & Asked)
  /** The clock: what is due, and pauses that end. */
  | { readonly do: 'tick' }
  /** Our clock was set by so much while nothing ran. */
  | { readonly do: 'move-clock'; readonly by: Duration };

/** Within so long of accepting it a unit sends an order back by itself; later it asks. Ours. */
export const GRACE_MIN = 10;
/** Longest pause and longest extension: what lasts longer is another order. Ours. */
export const PAUSE_DAYS = 30;
