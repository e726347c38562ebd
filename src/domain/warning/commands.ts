import type { AlarmId, UnitCode, WarningId } from '../ids.ts';
import type { Level } from '../level.ts';
import type { Asked, ResponseEvent } from '../response/event.ts';
import type { Duration, Millis } from '../time.ts';
import type { Warning, WarningContent, WarningMessage } from './warning.ts';

/** What a warning is made of. */
export type WarningBirth = WarningContent &
  Pick<Warning, 'id' | 'lifeline' | 'status' | 'basis' | 'issuer' | 'drill'> & {
    readonly recipients: readonly UnitCode[];
  };

type Change = Partial<WarningContent>;

/** What people do to a warning (docs/interfaces.md §8). */
export type WarningAct =
  | { readonly do: 'edit'; readonly content: Change; readonly recipients: readonly UnitCode[] | null }
  | { readonly do: 'submit' }
  | { readonly do: 'issue'; readonly documentNo: string | null; readonly identifier: string }
  | { readonly do: 'return'; readonly reason: string }
  | { readonly do: 'confirm'; readonly unit: UnitCode }
  | { readonly do: 'adjust'; readonly content: Change; readonly reason: string; readonly identifier: string }
  /** 解除: it is lifted. `isOver`: every alarm of its basis is closed or judged, and its orders are done. */
  | {
      readonly do: 'end';
      readonly reason: string | null;
      readonly isOver: boolean;
      readonly identifier: string;
    }
  | { readonly do: 'cancel'; readonly reason: string; readonly identifier: string }
  | { readonly do: 'discard' };

export type WarningCommand =
  | ({ readonly do: 'create'; readonly birth: WarningBirth } & Asked)
  | (WarningAct & Asked)
  | { readonly do: 'propose'; readonly level: Level; readonly alarm: AlarmId }
  /** The clock: an end that has come. */
  | { readonly do: 'tick' }
  | { readonly do: 'move-clock'; readonly by: Duration };

/** What happened to a warning. `kind` is what the live stream calls it. */
export type WarningChange =
  | { readonly kind: 'drafted'; readonly birth: WarningBirth }
  | { readonly kind: 'edited'; readonly content: Change; readonly recipients: readonly UnitCode[] | null }
  | { readonly kind: 'submitted' }
  | { readonly kind: 'issued'; readonly message: WarningMessage }
  | { readonly kind: 'returned'; readonly reason: string }
  /** Nobody had issued it when its end came. */
  | { readonly kind: 'lapsed' }
  | { readonly kind: 'confirmed'; readonly unit: UnitCode }
  | { readonly kind: 'adjusted'; readonly message: WarningMessage; readonly reason: string }
  | { readonly kind: 'adjustment-proposed'; readonly level: Level; readonly alarm: AlarmId }
  | { readonly kind: 'overdue'; readonly expires: Millis }
  | { readonly kind: 'lifted'; readonly message: WarningMessage; readonly reason: string | null }
  | { readonly kind: 'cancelled'; readonly message: WarningMessage; readonly reason: string }
  | { readonly kind: 'discarded' }
  | { readonly kind: 'clock-moved'; readonly by: Duration }
  /** A platform below has told how it stands there. */
  | { readonly kind: 'reported'; readonly warning: Warning };

export type WarningChangeKind = WarningChange['kind'];
export type WarningEvent = ResponseEvent<WarningId, WarningChange>;
