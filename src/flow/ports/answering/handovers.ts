import type { Handover, HandoverAct, HandoverState, ShiftPerson } from '../../../domain/handover/handover.ts';
import type { AreaCode, HandoverId } from '../../../domain/ids.ts';
import type { Refusal } from '../../../domain/refusals.ts';
import type { Asked } from '../../../domain/response/event.ts';
import type { JournaledOf } from '../../../domain/response/journaled.ts';
import type { Result } from '../../../domain/result.ts';
import type { Millis } from '../../../domain/time.ts';
import type { Page } from '../journal.ts';

export type HandoverWish = {
  /** Since when the outgoing shift has been there. */
  readonly from: Millis;
  /** Empty: the whole city. */
  readonly areas: readonly AreaCode[];
  readonly outgoing: readonly ShiftPerson[];
  readonly incoming: readonly ShiftPerson[];
  readonly instructions: string | null;
  readonly anchor: string | null;
  readonly reason: string | null;
};

type WithoutState<A> = A extends unknown ? Omit<A, 'duringRed'> : never;
export type HandoverAsk = WithoutState<HandoverAct>;

/** Hand-overs 交接班. Changes resolve when they are durable, and are idempotent by `commandId`. */
export interface Handovers {
  make(wish: HandoverWish, asked: Asked): Promise<Result<Handover, Refusal>>;
  act(id: HandoverId, ask: HandoverAsk & Asked): Promise<Result<Handover, Refusal>>;
  handover(id: HandoverId): Promise<Handover | null>;
  /** Newest first. */
  handovers(
    filter: { readonly states?: readonly HandoverState[] | undefined },
    limit: number,
    after: string | null,
  ): Promise<Page<Handover>>;
  /** Oldest first. */
  eventsOf(id: HandoverId): Promise<readonly JournaledOf<'handover'>[]>;
}
