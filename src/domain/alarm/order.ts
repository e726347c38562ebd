import type { Alarm, PhaseOf } from './alarm.ts';

type In<N extends Alarm['phase']['is']> = Alarm & { readonly phase: PhaseOf<N> };

export type OpenAlarm = In<Exclude<Alarm['phase']['is'], 'closed'>>;
/** Open, and not merely waiting for the second event of one decision. */
export type StandingAlarm = In<Exclude<Alarm['phase']['is'], 'closed' | 'returned-acked'>>;
export type ActiveAlarm = In<'active-unacked' | 'active-acked'>;
export type UnackedAlarm = In<'active-unacked' | 'returned-unacked' | 'latched-unacked'>;

export function isOpen(alarm: Alarm): alarm is OpenAlarm {
  return alarm.phase.is !== 'closed';
}

export function isStanding(alarm: Alarm): alarm is StandingAlarm {
  return isOpen(alarm) && alarm.phase.is !== 'returned-acked';
}

/** The condition is there, as far as is known. */
export function isActive(alarm: Alarm): alarm is ActiveAlarm {
  return alarm.phase.is === 'active-unacked' || alarm.phase.is === 'active-acked';
}

export function isUnacked(alarm: Alarm): alarm is UnackedAlarm {
  return !('ack' in alarm.phase);
}

/** What the duty operator has to look at first: unacknowledged, then graver, then newest. */
export function byUrgency(a: Alarm, b: Alarm): number {
  if (isUnacked(a) !== isUnacked(b)) return isUnacked(a) ? -1 : 1;
  if (a.level !== b.level) return a.level - b.level;
  if (a.raisedAt !== b.raisedAt) return b.raisedAt - a.raisedAt;
  // One order for every console, also among those of one turn.
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
