import type { Duration, Millis } from '../time.ts';
import type { SeriesMemory } from './memory.ts';
import { LATENESS } from './placing/event-time.ts';

// Instants of which a device has said several things, as one whose clock stands: the readings stand a millisecond apart from there on.
// A flush brings hundreds of them, hours after the first and among others: how far they reach is remembered for longer than
// they are themselves, so that none takes the place of another.

/** An instant and where the last of it stands, in a row; the newest stay: some 60 bytes. */
const AT_MOST = 4;
const WIDTH = 2;
/** As far behind its instant as this the second may stand: what is further off was placed there for another reason. */
const BEGINS_WITHIN: Duration = 64;

/** A reading that is kept. In place. @param sentAt as its device has it */
export function noteCrowd(s: SeriesMemory, sentAt: Millis, observedAt: Millis): void {
  const reach = observedAt - sentAt;
  if (!(reach > 0 && reach < LATENESS)) return;
  const i = placeOf(s.crowds, sentAt);
  if (s.crowds !== undefined && i >= 0) {
    if (observedAt > (s.crowds[i + 1] as number)) s.crowds[i + 1] = observedAt;
    return;
  }
  if (reach > BEGINS_WITHIN) return;
  s.crowds ??= [];
  s.crowds.push(sentAt, observedAt);
  if (s.crowds.length > AT_MOST * WIDTH) s.crowds.splice(0, WIDTH);
}

/** @returns where the last reading of an instant stands, as far as is known; `null`: nothing crowds there */
export function endOfCrowd(s: SeriesMemory, sentAt: Millis): Millis | null {
  const i = placeOf(s.crowds, sentAt);
  return i < 0 ? null : (s.crowds?.[i + 1] ?? null);
}

/** @returns where the last of those stands among whom an instant lies that no device told of; `null`: nobody crowds there */
export function endOfCrowdAround({ crowds }: SeriesMemory, at: Millis): Millis | null {
  if (crowds === undefined) return null;
  for (let i = 0; i < crowds.length; i += WIDTH) {
    const end = crowds[i + 1] as number;
    if (at >= (crowds[i] as number) && at <= end) return end;
  }
  return null;
}

function placeOf(crowds: readonly number[] | undefined, sentAt: Millis): number {
  if (crowds === undefined) return -1;
  for (let i = 0; i < crowds.length; i += WIDTH) if (crowds[i] === sentAt) return i;
  return -1;
}
