import { median } from '../../median.ts';
import type { SignalOf } from '../../rule.ts';
import { days, hours, type Millis } from '../../time.ts';
import type { NightMemory, SignalMemory } from '../memory.ts';
import { NO_ROWS } from '../rows.ts';
import { FREE, type SignalKind } from './kind.ts';

type Night = SignalOf<'night'>;

/** Nights are those of Beijing. */
const ZONE = hours(8);
/** Fewer readings than these have not heard a night (D). */
const READINGS_AT_LEAST = 4;
/** Of a normal distribution, the standard deviation in median absolute deviations. */
const MAD = 1.4826;
/** The spread is taken for this share of the median at least: fourteen quiet nights may differ by nothing at all (D). */
const SPREAD_AT_LEAST = 0.02;

/** What one more reading makes of the nights: the one that is over by it, where one is. */
export type NightSeen = {
  /** Least value of a night that is over by this reading, and was heard; else `null`. */
  readonly over: number | null;
  /** How many usual spreads that lies above the median of the nights before, or what the last one was. */
  readonly says: number | null;
};

export function nightSeen(signal: Night, before: SignalMemory, at: Millis): NightSeen {
  const known = before?.of === 'night' ? before : null;
  if (known?.open == null || isWithin(signal, known.open.from, at))
    return { over: null, says: known?.says ?? null };
  const { min, n } = known.open;
  if (n < READINGS_AT_LEAST) return { over: null, says: known.says };
  const past = known.past.toJSON();
  if (past.length < signal.nights / 2) return { over: min, says: null };
  const usual = median(past);
  const spread = Math.max(
    MAD * median(past.map((x) => Math.abs(x - usual))),
    SPREAD_AT_LEAST * Math.abs(usual),
  );
  return { over: min, says: spread === 0 ? null : (min - usual) / spread };
}

/** @param quiet else the night teaches nothing: a leak that lasts does not become usual */
export function rememberNight(
  signal: Night,
  before: SignalMemory,
  news: { readonly seen: NightSeen; readonly value: number; readonly at: Millis },
  quiet: boolean,
): NightMemory {
  const known: NightMemory =
    before?.of === 'night' ? before : { of: 'night', open: null, past: NO_ROWS, says: null };
  const { seen, value, at } = news;
  const past =
    seen.over === null || !quiet
      ? known.past
      : known.past.followedBy([seen.over], Math.max(0, known.past.length + 1 - signal.nights));
  if (!isNight(signal, at))
    return known.open === null && past === known.past
      ? known
      : { of: 'night', open: null, past, says: seen.says };
  const going = known.open !== null && isWithin(signal, known.open.from, at) ? known.open : null;
  const open =
    going === null
      ? { from: at, min: value, n: 1 }
      : { from: going.from, min: Math.min(going.min, value), n: going.n + 1 };
  return { of: 'night', open, past, says: seen.says };
}

const ofDay = (at: Millis): number => (at + ZONE) % days(1);
const isNight = ({ from, to }: Night, at: Millis): boolean =>
  ofDay(at) >= hours(from) && ofDay(at) < hours(to);

/** Whether an instant lies in the night that an earlier one of it began. */
const isWithin = (signal: Night, from: Millis, at: Millis): boolean =>
  at - from < hours(signal.to - signal.from) && isNight(signal, at);

export const NIGHT: SignalKind<Night> = {
  lookBack: ({ nights }) => days(nights + 1),
  unjudged: (signal, known) =>
    known?.of === 'night' && known.past.length >= signal.nights / 2 ? null : { why: 'learning' },
  answersToNoise: ['deadband'],
  unit: () => undefined,
  bounds: () => FREE,
  moved: ({ of, open, past, says }, by) => ({
    of,
    open: open === null ? null : { from: open.from + by, min: open.min, n: open.n },
    past,
    says,
  }),
};
