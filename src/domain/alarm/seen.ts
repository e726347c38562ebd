import type { RefusalCode } from '../refusals.ts';
import type { Alarm } from './alarm.ts';

/**
 * Nobody acknowledges or hides what they have not seen: the refusal due to a client that saw this revision,
 * `null` where it saw enough. Later events than the last rise in level need not have been seen, or an alarm
 * that chatters could never be acknowledged.
 */
export function unseen(alarm: Alarm, seenRevision: number): RefusalCode | null {
  if (seenRevision > alarm.revision) return 'seen-unknown';
  // Asked in the positive, so that NaN is refused too.
  return seenRevision >= alarm.levelRevision ? null : 'seen-too-old';
}
