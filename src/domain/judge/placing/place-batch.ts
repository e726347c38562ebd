import { type Duration, hours, type Millis } from '../../time.ts';
import { AHEAD, OLDEST, type Timed, timeOf, undated } from './event-time.ts';

/** What a device says of when it observed something. */
export type ToldTime = {
  /** Its clock; `null`: it sent none, or none that can be read. */
  readonly deviceTime: Millis | null;
  /** It sent a time that cannot be read. Not the same as none: then it would be the time of receipt. */
  readonly unread: Unread | null;
};

/** `local`: day and hour of a time that does not say its offset, as if it were UTC; `null` where not even that. */
export type Unread = { readonly local: Millis | null };

/** Clocks on earth are set from 12 hours behind UTC to 14 ahead of it. */
const WEST: Duration = hours(12);
const EAST: Duration = hours(14);
const BEIJING: Duration = hours(8);

/** When a single instant happened. A time that cannot be read is doubted, and stands at the time of receipt. */
export function placeTold(told: ToldTime, receivedAt: Millis): Timed {
  return told.unread === null ? timeOf(told.deviceTime, receivedAt) : undated(receivedAt, true);
}

export type PlacedItem = {
  /** Which item of the packet it is. */
  readonly item: number;
  readonly placed: Timed;
};

/**
 * When the instants of one packet happened, in the order in which they are to be judged.
 *
 * A batch is a piece of the past, most of all one that was kept back: what of it cannot be dated is as old as what
 * stands beside it, and where nothing in it can be dated, older than what counts as on time, so that it is never
 * judged as if it were now (it may raise a late alarm, and ends none). A day and hour without an offset count as now
 * where some offset makes them so. Instants without a time of their own lie a millisecond apart, the last at receipt.
 *
 * @param onTime how long after its instant the slowest metric of the point is still on time
 */
export function placeBatch(
  told: readonly ToldTime[],
  receivedAt: Millis,
  onTime: Duration,
): readonly PlacedItem[] {
  const placed = told.map((t) => placeTold(t, receivedAt));
  if (placed.some((p) => p.clockOff)) dateTheLost(told, placed, receivedAt, onTime);
  const order = placed.map((_, item) => item);
  const clock = (i: number): Millis => told[i]?.deviceTime ?? receivedAt;
  order.sort((a, b) => at(placed, a) - at(placed, b) || clock(a) - clock(b) || a - b);
  // From the last: those that stand at the receipt for want of a time go back by one millisecond each.
  let next = receivedAt + 1;
  for (let k = order.length - 1; k >= 0; k--) {
    const i = order[k] as number;
    const p = placed[i] as Timed;
    if (p.observedAt !== receivedAt || (told[i]?.deviceTime !== null && !p.clockOff)) continue;
    next--;
    if (next !== receivedAt) placed[i] = { ...p, observedAt: next };
  }
  order.sort((a, b) => at(placed, a) - at(placed, b));
  return order.map((item) => ({ item, placed: placed[item] as Timed }));
}

const at = (placed: readonly Timed[], i: number): Millis => (placed[i] as Timed).observedAt;

/** Finds an instant for what could not be placed by its own clock, in place. */
function dateTheLost(told: readonly ToldTime[], placed: Timed[], receivedAt: Millis, onTime: Duration): void {
  const anchors: (Millis | null)[] = told.map((t, i) =>
    t.deviceTime !== null && placed[i]?.clockOff === false ? t.deviceTime : null,
  );
  if (!anchors.some((a) => a !== null)) {
    // A clock that is wrong all through tells the order at least, and is dealt with as one that is off.
    if (told.every((t) => t.unread === null)) return;
    for (const [i, a] of byLocalTime(told, receivedAt, onTime).entries()) anchors[i] = a;
  }
  const dated = anchors.some((a) => a !== null);
  for (let i = 0; i < told.length; i++) {
    if (placed[i]?.clockOff !== true) continue;
    const observedAt = dated ? (anchors[i] ?? besides(anchors, i)) : receivedAt - onTime - (told.length - i);
    placed[i] = undated(observedAt, true);
  }
}

/** An instant for each that says day and hour without an offset; all `null` where they are older than readings can be. */
function byLocalTime(
  told: readonly ToldTime[],
  receivedAt: Millis,
  onTime: Duration,
): readonly (Millis | null)[] {
  const locals = told.map((t) => t.unread?.local ?? null);
  const known = locals.filter((l) => l !== null);
  if (known.length === 0) return locals;
  const newest = known.reduce((a, b) => Math.max(a, b));
  const oldest = known.reduce((a, b) => Math.min(a, b));
  const mayBeNow = receivedAt >= newest - EAST - AHEAD && receivedAt <= newest + WEST + AHEAD;
  const offset = mayBeNow ? newest - receivedAt : BEIJING;
  const isPast = mayBeNow || receivedAt - (newest - offset) > onTime;
  if (!isPast || receivedAt - (oldest - offset) > OLDEST) return locals.map(() => null);
  // Several of one second, minute or hour: the last stands there, those before it a millisecond apart.
  const same = new Map<Millis, number>();
  return locals
    .map((_, i) => {
      const local = locals[locals.length - 1 - i] ?? null;
      if (local === null) return null;
      const behind = same.get(local) ?? 0;
      same.set(local, behind + 1);
      return local - offset - behind;
    })
    .reverse();
}

/** A millisecond per place after the nearest one before it that is dated, or before the nearest after it. */
function besides(anchors: readonly (Millis | null)[], i: number): Millis {
  for (let j = i - 1; j >= 0; j--) {
    const a = anchors[j];
    if (a != null) return a + (i - j);
  }
  for (let j = i + 1; j < anchors.length; j++) {
    const a = anchors[j];
    if (a != null) return a - (j - i);
  }
  throw new Error('no instant of the packet is dated: the caller asks only where one is');
}
