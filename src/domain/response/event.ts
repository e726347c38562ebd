import type { Actor } from '../alarm/alarm.ts';
import type { CommandId } from '../ids.ts';
import type { Millis } from '../time.ts';

/** An event 事件 of an order, warning or incident, as the journal keeps it. */
export type ResponseEvent<Id extends string, Change> = {
  readonly id: Id;
  /** 1 at the first, +1 with each. */
  readonly revision: number;
  /** Our clock: it orders. */
  readonly at: Millis;
  readonly by: Actor;
  readonly commandId: CommandId | null;
  /** The phone's clock, of an act that waited for a network. */
  readonly actedAt?: Millis;
  readonly change: Change;
};

/** What every command of a person says. */
export type Asked = {
  readonly by: Actor;
  readonly commandId: CommandId;
  /** Left out: what was seen is not said. */
  readonly seenRevision?: number;
  readonly actedAt?: Millis;
};

export const SYSTEM: Actor = { kind: 'system' };

/** The account behind an act; `null`: one of our own parts. */
export const accountOf = (by: Actor): string | null => (by.kind === 'operator' ? by.account : null);
