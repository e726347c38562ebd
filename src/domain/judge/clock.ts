import { type Duration, type Millis, minutes, seconds } from '../time.ts';

/**
 * What the packets of a point say of the clock that stamps them. Plain JSON of fixed size, kept in the journal. Absent while
 * nothing is wrong: a device that is on time, in order and sends no `seq` costs nothing.
 */
export type ClockMemory = {
  /** The device's own counter, of the newest packet; `null`: it sends none. */
  seq: number | null;
  /** Newest packet in order of receipt, by the device's clock and by ours. */
  sentAt: Millis;
  receivedAt: Millis;
  /** Where the run of packets in doubt began, by both clocks, and how many of them there were; 0: none is in doubt. */
  fromSentAt: Millis;
  fromReceivedAt: Millis;
  run: number;
  /** The run began with a step back, behind what was known. */
  back: boolean;
  /** How many more packets came faster than they were made, or less late than the run before them, than did not; some at most. */
  falls: number;
  /** Packets in a row, each as long after the one before as this device takes between two. */
  due: number;
  /** Packets in a row that said something else of one and the same instant. */
  same: number;
  /** What is believed of the clock; `null`: its word. */
  off: 'steady' | 'frozen' | 'erratic' | null;
  /** Ours less the device's, of a clock that is off by a steady amount. */
  lag: Duration;
  /** Packets in a row that were right again. */
  well: number;
};

/** What a packet shows of its device's clock. */
export type PacketTime = {
  /** The newest plausible instant in it. */
  readonly sentAt: Millis;
  readonly receivedAt: Millis;
  /** From the oldest instant in it to the newest. */
  readonly span: Duration;
  readonly seq: number | null;
  /** The newest instant that is known of what it speaks of; -Infinity: nothing. */
  readonly knownAt: Millis;
  /** It says something else of an instant that was judged … */
  readonly clashes: boolean;
  /** … or nothing that had not been said of its instants. */
  readonly repeats: boolean;
  /** How long a reading of what it speaks of may take. */
  readonly lateness: Duration;
  /** Between two packets of this device, as far as is known. */
  readonly interval: Duration;
};

/**
 * How the instants of a packet are taken.
 *
 * `own`: as the device says. `receipt`: the newest is now, the others as long before it as the device says. `lag`: the
 * device's clock with its known error taken out, for what comes late from a device whose clock is off.
 */
export type Taken = 'own' | 'receipt' | 'lag';

/** Two clocks that go equally fast differ by less than this, besides a share of the time that has passed. */
const UNEVEN = 50;
const UNEVEN_SHARE = 0.25;
/** Beyond this besides that share they do not go together. */
const APART = seconds(5);
/** A clock that goes as fast as ours gains no more, besides `UNEVEN`: what is less and less late is being flushed. */
const GAIN_SHARE = 0.05;
/** So many in a row are no link that has become better. */
const FLUSHED = 2;
/** As many packets at the pace of a clock show that one is over. */
const FALLS_AT_MOST = 4;
/** Less than this shows no pace. */
const PACE_AFTER = 100;
/** Several readings of this span at most are a packet of now; more are a batch, and a batch may be old. */
const BATCH_FROM = minutes(2);
const RIGHT_AGAIN = 3;
/** So many words of now after one of then, and a gateway that replays is forgotten. */
const REPLAYS_FOR = 12;
/** In intervals. */
const MISSED_AFTER = 1.5;
/** Two packets that lie further apart show no pace: between them there was an outage. */
const TWO_SAY_FOR = 4;
/** As late as this come words by a link that loses some and tries again: each by another time, … */
const BY_LINK: Duration = minutes(3);
/** … and so many of them in a row are needed to tell of a clock; of what is later, or equally late, three. */
const BY_LINK_ENOUGH = 6;
const ENOUGH = 3;
/** By more than this two packets differ that came late each for itself, by a link that loses some. */
const ALIKE: Duration = 500;
/** The same where all that comes is known: a link that loses a word now and then brings the others. */
const REPEATED_FOR = 2.5;

/**
 * Whether a packet's time is to be believed, by what its device has sent before (promises C14).
 *
 * A device that is on time and goes forward is believed. One that is late or goes back may be bringing old readings, or
 * its clock may be off; what tells the two apart is how it goes on: old readings are flushed faster than they were made
 * and a clock goes as fast as ours (`steady`); a device that has stopped making new ones and sends each of the old ones just when
 * the next is due has a clock that jumps (`erratic`); and one instant is not measured three times with different results
 * (`frozen`). While there is too little to tell, its word stands: the readings are then judged as late ones, so that nothing is hushed up.
 *
 * @param before changed in place
 * @returns `clock` undefined: nothing to remember
 */
export function hearClock(
  before: ClockMemory | undefined,
  p: PacketTime,
): { readonly clock: ClockMemory | undefined; readonly taken: Taken } {
  const lag = p.receivedAt - p.sentAt;
  if (p.repeats) {
    if (before !== undefined && standsStill(before, p)) return { clock: before, taken: 'receipt' };
    // One message sent again and again is a repetition at any pace but that of a clock.
    if (!isInDoubt(p, lag) || p.sentAt === before?.sentAt) return { clock: before, taken: 'own' };
  }
  if (!isInDoubt(p, lag) && !p.clashes) return { clock: wellAgain(before, p), taken: 'own' };
  const c = before ?? begun(p);
  const gap = before === undefined ? Infinity : p.receivedAt - c.receivedAt;
  const isNewer = p.seq !== null && before !== undefined && before.seq !== null && p.seq > before.seq;
  const made = before === undefined ? 0 : p.sentAt - c.sentAt;
  const isFlushed = made > gap * (1 + UNEVEN_SHARE) + UNEVEN;
  count(c, p, before === undefined ? null : { gap, made }, isFlushed);
  const taken = judge(c, p, { lag, gap, isNewer, isFlushed });
  noted(c, p);
  c.well = 0;
  return { clock: c, taken };
}

/**
 * A repetition at an instant of which the device has said different things, and when its next word was due: its clock stands
 * still, or it would not go back to what it said before.
 */
function standsStill(c: ClockMemory, p: PacketTime): boolean {
  if (c.same === 0 || p.sentAt !== c.sentAt || !isDue(p.receivedAt - c.receivedAt, p.interval)) return false;
  c.due++;
  c.receivedAt = p.receivedAt;
  if (c.off === null && c.due >= 3) c.off = 'frozen';
  return c.off === 'frozen';
}

/**
 * It is late, or something is known that is yet to come. Within the time that a reading may take they overtake each other on
 * the way: that one is behind another says nothing then.
 */
const isInDoubt = (p: PacketTime, lag: Duration): boolean =>
  lag > p.lateness || (p.sentAt <= p.knownAt && p.knownAt > p.receivedAt);

function wellAgain(c: ClockMemory | undefined, p: PacketTime): ClockMemory | undefined {
  if (c === undefined) return p.seq === null ? undefined : rightClock(p.seq, p.sentAt, p.receivedAt);
  c.well++;
  if (c.well >= RIGHT_AGAIN) c.off = null;
  // Beside words of now one of then is a gateway's that replays: two more of them say nothing yet.
  const replays = c.off === null && c.run + c.falls > 0 && c.well < REPLAYS_FOR;
  if (c.off === null && p.seq === null && !replays) return undefined;
  c.falls = replays ? FLUSHED + 1 : 0;
  c.run = 0;
  c.due = replays ? 0 : 1;
  c.same = 0;
  c.back = false;
  return noted(c, p);
}

/** @param since how much time has passed since the packet before, by our clock and by the device's; `null`: there is none */
function count(
  c: ClockMemory,
  p: PacketTime,
  since: { readonly gap: Duration; readonly made: Duration } | null,
  isFlushed: boolean,
): void {
  c.due = !p.repeats && since !== null && isDue(since.gap, p.interval) ? c.due + 1 : 1;
  c.same = p.clashes ? (p.sentAt === c.sentAt ? c.same + 1 : 1) : 0;
  const device = p.sentAt - c.fromSentAt;
  const ours = p.receivedAt - c.fromReceivedAt;
  const gained = device - ours;
  const falls = c.run > 0 && gained > GAIN_SHARE * ours + UNEVEN;
  // An older program did not count them.
  const so = c.falls || 0;
  c.falls = falls || isFlushed ? Math.min(so + 1, FALLS_AT_MOST) : Math.max(so - 1, 0);
  // After hours of silence a minute is a small share: what goes back from one packet to the next is no clock that goes.
  const goesOn = since !== null && since.gap - since.made <= UNEVEN_SHARE * since.gap + APART;
  if (c.run > 0 && !falls && goesOn && -gained <= UNEVEN_SHARE * ours + APART) {
    c.run++;
    return;
  }
  c.back = p.sentAt <= p.knownAt;
  c.run = 1;
  c.fromSentAt = p.sentAt;
  c.fromReceivedAt = p.receivedAt;
}

/** How a packet stands to the one before it. */
type Step = {
  readonly lag: Duration;
  /** Since the one before, by our clock. */
  readonly gap: Duration;
  /** By its `seq`. */
  readonly isNewer: boolean;
  /** Much more time has passed between the two by the device's clock than by ours. */
  readonly isFlushed: boolean;
};

function judge(c: ClockMemory, p: PacketTime, step: Step): Taken {
  const { lag, gap } = step;
  const found = foundOf(c, p, step);
  const was = c.off;
  if (was === 'steady' && c.run === 1 && c.falls >= FLUSHED && lag < c.lag - UNEVEN) {
    c.off = null;
    return 'own';
  }
  // What a steady clock brings later than usual is late, whatever else could be said of it.
  if (was === 'steady' && Math.abs(lag - c.lag) <= APART) {
    c.lag = Math.min(lag, c.lag + UNEVEN_SHARE * gap);
    // One that goes on as it went does not jump: what comes otherwise among its words is of another time.
    c.due = 0;
    return 'receipt';
  }
  if (found !== null) {
    c.off = found;
    c.lag = lag;
    return 'receipt';
  }
  switch (was) {
    case 'steady':
      if (p.repeats) return 'own';
      return lag > c.lag ? 'lag' : 'receipt';
    case 'frozen':
      if (p.repeats) return 'own';
      if (p.sentAt === c.sentAt) return 'receipt';
      c.off = null;
      return 'own';
    case 'erratic':
      if (p.repeats) return 'own';
      if (gap >= p.interval / 2) {
        c.lag = lag;
        return 'receipt';
      }
      return 'own';
    default:
      return 'own';
  }
}

function foundOf(c: ClockMemory, p: PacketTime, { lag, gap, isNewer, isFlushed }: Step): ClockMemory['off'] {
  const device = p.sentAt - c.fromSentAt;
  const ours = p.receivedAt - c.fromReceivedAt;
  if (c.same >= 2 && (lag > p.lateness || ours >= APART)) return 'frozen';
  if (!isInDoubt(p, lag)) return null;
  const single = p.span <= BATCH_FROM;
  const least = lag <= BY_LINK ? BY_LINK_ENOUGH : ENOUGH;
  const uneven = Math.abs(device - ours);
  const together = uneven <= UNEVEN_SHARE * ours + UNEVEN && device >= ours / 2 && ours >= PACE_AFTER;
  if (together && !isFlushed && c.falls < FLUSHED && (single || c.back)) {
    const enough = uneven > APART ? least : ENOUGH;
    if (c.run >= enough && (!p.repeats || isMissed(p))) return 'steady';
    if (
      c.run === 2 &&
      c.falls === 0 &&
      !p.repeats &&
      ours >= p.interval / 2 &&
      ours <= TWO_SAY_FOR * p.interval &&
      uneven <= Math.min(GAIN_SHARE * ours, ALIKE) + UNEVEN &&
      isMissed(p)
    )
      return 'steady';
  }
  if (p.repeats) return null;
  // It says itself that this is newer, and it came when the next was due.
  if (isNewer && c.back && isDue(gap, p.interval)) return 'steady';
  return single && c.due >= least && c.falls < FLUSHED ? 'erratic' : null;
}

/**
 * Nothing has come for longer than a device takes between two. What comes at its pace beside words that are on time is the same
 * words once more, by another way or from a gateway that replays.
 */
const isMissed = ({ knownAt, receivedAt, interval, repeats }: PacketTime): boolean =>
  knownAt > receivedAt || receivedAt - knownAt > (repeats ? REPEATED_FOR : MISSED_AFTER) * interval;

const isDue = (gap: Duration, interval: Duration): boolean => gap >= 0.7 * interval && gap <= 4 * interval;

function noted(c: ClockMemory, p: PacketTime): ClockMemory {
  c.sentAt = p.sentAt;
  c.receivedAt = p.receivedAt;
  if (p.seq !== null) c.seq = p.seq;
  return c;
}

const begun = (p: PacketTime): ClockMemory => rightClock(null, p.sentAt, p.receivedAt);

/**
 * The instant of something that teaches nothing of the clock, as a device's event, by what is known of it: the error of a steady
 * one is taken out; one that stands still or jumps says nothing, and it is now.
 *
 * @param placed by its own word
 */
export function correctedBy(
  clock: ClockMemory | undefined,
  placed: { readonly sentAt: Millis | null; readonly observedAt: Millis },
  receivedAt: Millis,
): Millis {
  if (clock === undefined || clock.off === null || placed.sentAt === null) return placed.observedAt;
  return clock.off === 'steady' ? Math.min(receivedAt, placed.sentAt + clock.lag) : receivedAt;
}

/** Nothing is in doubt. */
export const rightClock = (seq: number | null, sentAt: Millis, receivedAt: Millis): ClockMemory => ({
  seq,
  sentAt,
  receivedAt,
  fromSentAt: sentAt,
  fromReceivedAt: receivedAt,
  run: 0,
  back: false,
  falls: 0,
  due: 1,
  same: 0,
  off: null,
  lag: 0,
  well: 0,
});

/** Nothing is in doubt: all that is remembered is the newest packet. */
export const isRight = (c: ClockMemory): boolean => c.run === 0 && c.off === null;
