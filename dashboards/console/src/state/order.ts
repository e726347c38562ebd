import type { AlarmJson } from '../../../../src/wire/alarm.ts';
import { isUnacked } from './phase.ts';

/** Unacknowledged first, then graver, then newest: the same order as the service's own (`byUrgency`). */
export function compareAlarms(a: AlarmJson, b: AlarmJson): number {
  const unacked = Number(isUnacked(b)) - Number(isUnacked(a));
  if (unacked !== 0) return unacked;
  if (a.level !== b.level) return a.level - b.level;
  if (a.raisedAt !== b.raisedAt) return a.raisedAt > b.raisedAt ? -1 : 1;
  return a.id < b.id ? 1 : a.id > b.id ? -1 : 0;
}
