import { type Duration, type Millis, minutes } from '../time.ts';
import type { ChangeKind } from './events.ts';

/** Three times active ↔ clear in a minute is chattering 抖动 (domain §9.3 [S123]). */
export const CHATTERS_FROM = 3;
export const CHATTER_WINDOW: Duration = minutes(1);
/** At 1 Hz a limit is passed sixty times in a minute; beyond that it is only "very often". */
const FLIPS_AT_MOST = 120;

/** Whether the event is the condition coming or going. */
export const isFlip = (kind: ChangeKind): boolean =>
  kind === 'raised' || kind === 'recurred' || kind === 'returned';

/** Instants of the flips of the last minute, oldest first. */
export function flippedAt(flips: readonly Millis[], at: Millis): readonly Millis[] {
  return [...flips.filter((t) => at - t < CHATTER_WINDOW), at].slice(-FLIPS_AT_MOST);
}

export const flipsBy = (flips: readonly Millis[], now: Millis): number =>
  flips.filter((t) => now - t < CHATTER_WINDOW).length;
