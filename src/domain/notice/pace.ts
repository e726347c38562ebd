import type { ChannelId, ContactId, NoticeId } from '../ids.ts';
import type { Level } from '../level.ts';
import { type Duration, type Millis, minutes, seconds } from '../time.ts';
import type { NoticeAbout } from './text.ts';

/** Lanes of a channel, the first before the second, whatever waits longer: red and orange, all others, what is over; and drills. */
export type NoticeLane = 1 | 2 | 3 | typeof DRILL_LANE;
/** Behind all that is real, and with a share of the pace that leaves the rest to it. */
export const DRILL_LANE = 4;

export function laneOf(level: Level, about: NoticeAbout): NoticeLane {
  if (about === 'recovered' || about === 'closed' || about === 'digest') return level <= 2 ? 2 : 3;
  return level <= 2 ? 1 : 2;
}

/** Above so many a minute, what waits in the lowest lane that waits becomes one message (G.3). */
export const DIGEST_ABOVE = 10;

/** A share of the pace that waits for the first lane: a red alarm never finds it used up by others. */
const KEPT_FOR_FIRST = 0.25;

/** A drill uses so much of the pace at most: what is real finds the rest. */
const FOR_DRILLS = 0.25;

export type WaitingNotice = {
  readonly id: NoticeId;
  readonly channel: ChannelId;
  readonly contact: ContactId | null;
  readonly lane: NoticeLane;
  readonly queuedAt: Millis;
  /** Alone in any case: a person asked for it, or it was in flight at a kill. */
  readonly single?: boolean;
};

/** What goes out as one message: one notice, or several as a digest. */
export type Dispatch = { readonly ids: readonly NoticeId[]; readonly digest: boolean };

/**
 * What a channel may send now. At most `perMinute` in any 60 s, of which a quarter is kept for the first lane; first lane
 * first, then the longest waiting; of the first lane each singly. Where more than ten of the lower lanes came within a
 * minute to one person, those of theirs that wait go together.
 *
 * @param waiting of this one channel
 * @param sentAt instants of its messages within the last minute, digests as one
 */
export function mayGoNow(
  waiting: readonly WaitingNotice[],
  sentAt: readonly Millis[],
  perMinute: number,
  now: Millis,
): readonly Dispatch[] {
  const used = sentAt.filter((at) => at > now - minutes(1)).length;
  let left = perMinute - used;
  const kept = Math.floor(perMinute * KEPT_FOR_FIRST);
  const keptFromDrills = perMinute - Math.max(1, Math.floor(perMinute * FOR_DRILLS));
  const out: Dispatch[] = [];
  for (const next of inTurn(waiting, now)) {
    const room = next.lane === 1 ? left : left - (next.lane === DRILL_LANE ? keptFromDrills : kept);
    if (room < 1) continue;
    left--;
    out.push({ ids: next.ids, digest: next.ids.length > 1 });
  }
  return out;
}

type Turn = { readonly lane: NoticeLane; readonly since: Millis; readonly ids: readonly NoticeId[] };

function inTurn(waiting: readonly WaitingNotice[], now: Millis): readonly Turn[] {
  const turns: Turn[] = [];
  const low = new Map<string, WaitingNotice[]>();
  for (const w of waiting) {
    if (w.lane === 1 || w.single === true) turns.push({ lane: w.lane, since: w.queuedAt, ids: [w.id] });
    else {
      // A drill and what is real are never one message.
      const theirs = `${w.lane === DRILL_LANE} ${w.contact ?? ''}`;
      low.set(theirs, [...(low.get(theirs) ?? []), w]);
    }
  }
  for (const theirs of low.values()) {
    const crowd = theirs.filter((w) => w.queuedAt > now - minutes(1)).length > DIGEST_ABOVE;
    // What waits longer than a minute although there is a pace is a crowd as well.
    if (crowd || theirs.length > DIGEST_ABOVE) turns.push(together(theirs));
    else for (const w of theirs) turns.push({ lane: w.lane, since: w.queuedAt, ids: [w.id] });
  }
  return turns.sort((a, b) => a.lane - b.lane || a.since - b.since);
}

function together(theirs: readonly WaitingNotice[]): Turn {
  const sorted = [...theirs].sort((a, b) => a.queuedAt - b.queuedAt);
  const lane = Math.min(...sorted.map((w) => w.lane)) as NoticeLane;
  return { lane, since: sorted[0]?.queuedAt ?? 0, ids: sorted.map((w) => w.id) };
}

/** When the next message may go although all of the pace is used; `now`: at once. */
export function mayGoAt(sentAt: readonly Millis[], perMinute: number, now: Millis): Millis {
  const recent = sentAt.filter((at) => at > now - minutes(1)).sort((a, b) => a - b);
  const blocking = recent[recent.length - perMinute];
  return blocking === undefined ? now : blocking + minutes(1);
}

/** How long a notice is worth sending: red must arrive within ten minutes or go another way (G.3); the others by their clocks. */
export const USEFUL_FOR: Readonly<Record<Level, Duration>> = {
  1: minutes(10),
  2: minutes(20),
  3: minutes(60),
  4: minutes(120),
};

const RETRIES: readonly Duration[] = [seconds(5), seconds(15), seconds(45)];

/** How long to wait after so many tries in vain: 5 s, 15 s, 45 s, then two minutes each (G.3). @param tries 1 after the first */
export const retryAfter = (tries: number): Duration => RETRIES[tries - 1] ?? minutes(2);
