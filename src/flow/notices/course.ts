import type { Alarm } from '../../domain/alarm/alarm.ts';
import type { AlarmEvent } from '../../domain/alarm/events.ts';
import type { UnitCode } from '../../domain/ids.ts';
import { isGraver } from '../../domain/level.ts';
import type { CourseStep } from '../../domain/notice/ladder.ts';
import type { OrderEvent } from '../../domain/order/events.ts';
import type { Order } from '../../domain/order/order.ts';
import type { Millis } from '../../domain/time.ts';
import type { WarningEvent } from '../../domain/warning/commands.ts';
import type { Warning } from '../../domain/warning/warning.ts';

const isAcked = (a: Alarm | null): boolean => a?.phase.is.endsWith('-acked') === true;

/**
 * What an alarm's event means to its ladder; none: nothing. An alarm of backfill calls nobody until it is there live as well; one
 * that is hidden from its first event begins hidden.
 *
 * @param at on our clock as it goes now
 */
export function stepsOf(
  { change }: AlarmEvent,
  before: Alarm | null,
  after: Alarm,
  at: Millis,
): readonly CourseStep[] {
  const begin = { did: 'begin', at, level: after.level } as const;
  switch (change.kind) {
    case 'raised':
      if (after.late) return [];
      return change.hidden === undefined ? [begin] : [begin, { did: 'hide', at }];
    case 'escalated':
      return after.late ? [] : [{ did: 'rise', at, level: after.level }];
    case 'recurred':
      if (after.late) return [];
      if (before?.late === true) return [begin];
      // What was seen to is there again, or graver: nobody has seen that.
      return isAcked(before) || isGraver(after.level, before?.level ?? null)
        ? [{ did: 'rise', at, level: after.level }]
        : [];
    case 'acknowledged':
      return [{ did: 'acknowledge', at }];
    case 'realarmed':
      return [{ did: 'overdue', at }];
    case 'shelved':
    case 'suppressed':
    case 'outOfService':
      return [{ did: 'hide', at }];
    case 'unshelved':
    case 'unsuppressed':
    case 'returnedToService':
      return [{ did: 'show', at }];
    case 'closed':
      return [{ did: 'end', at }];
    case 'returned':
    case 'reset':
    case 'assessed':
    case 'noted':
    case 'interrupted':
    case 'resumed':
      return [];
  }
}

/**
 * What an order's event means to its ladder: its unit is called when it gets it, called on as clocks run out or somebody urges, and
 * left alone when it has accepted, sent back or done it.
 *
 * @param at on our clock as it goes now
 */
export function orderStepsOf(
  { change }: OrderEvent,
  before: Order | null,
  after: Order,
  at: Millis,
): readonly CourseStep[] {
  switch (change.kind) {
    case 'dispatched':
    case 'forwarded':
      return [{ did: before?.firstDispatchedAt == null ? 'begin' : 'rise', at, level: after.level }];
    case 'accepted':
      return [{ did: 'accept', at }];
    case 'overdue':
    case 'urged':
      return [{ did: 'overdue', at }];
    case 'rework':
      return [{ did: 'rise', at, level: after.level }];
    case 'returned':
    case 'paused':
    case 'done':
      return [{ did: 'hide', at }];
    case 'resumed':
      return [{ did: 'show', at }];
    case 'verified':
    case 'archived':
    case 'voided':
      return [{ did: 'end', at }];
    case 'created':
    case 'asked':
    case 'arrived':
    case 'fed-back':
    case 'safety-checked':
    case 'extension-asked':
    case 'extension-answered':
    case 'linked':
    case 'rebased':
    case 'amber':
    case 'clock-moved':
    case 'reported':
      return [];
  }
}

/** What a warning's event means to the ladder of one of its units: its own receipt stops it, what the others say does not. */
export function warningStepsOf(
  { change }: WarningEvent,
  after: Warning,
  unit: UnitCode,
  at: Millis,
): readonly CourseStep[] {
  switch (change.kind) {
    case 'issued':
      return [{ did: 'begin', at, level: after.level }];
    case 'adjusted':
      return [{ did: 'rise', at, level: after.level }];
    case 'confirmed':
      return change.unit === unit ? [{ did: 'accept', at }] : [];
    case 'overdue':
      return [{ did: 'overdue', at }];
    case 'lifted':
    case 'cancelled':
    case 'discarded':
      return [{ did: 'end', at }];
    case 'drafted':
    case 'edited':
    case 'submitted':
    case 'returned':
    case 'lapsed':
    case 'adjustment-proposed':
    case 'clock-moved':
    case 'reported':
      return [];
  }
}
