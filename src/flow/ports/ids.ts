import type { AlarmId, OrderId } from '../../domain/ids.ts';
import type { Millis } from '../../domain/time.ts';

/** Source of ids: unique, sortable by time. */
export interface Ids {
  alarm(now: Millis): AlarmId;
}

/** The same for what follows an alarm. */
export interface ResponseIds {
  order(now: Millis): OrderId;
}
