import type { AlarmId } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';

/** Source of ids: unique, sortable by time. */
export interface Ids {
  alarm(now: Millis): AlarmId;
}
