import { AHEAD } from '../../domain/judge/placing/event-time.ts';
import type { Unread } from '../../domain/judge/placing/place-batch.ts';
import type { Millis } from '../../domain/time.ts';
import type { TelemetryFlaw } from './telemetry-flaw.ts';
import { kind, quoted } from './telemetry-flaw.ts';

/** Below this a number is epoch seconds (until the year 5138), from here on epoch milliseconds. */
const SECONDS_BELOW = 1e11;
/** The last millisecond of the year 9999: what is beyond counts in finer units than milliseconds. */
const LAST = 253_402_300_799_999;
/** Beyond it microseconds would name the year 9999, too. */
const MICROSECONDS_BELOW = LAST * 1_000;

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|z|[+-]\d{2}(?::?\d{2})?)?$/;

const DIGITS = /^\s*\d{1,20}(?:\.\d+)?\s*$/;

/** The device's own time as it came: `null` where it sent none or none that can be read; then there is a flaw. */
export type ReadTime = {
  readonly at: Millis | null;
  readonly unread: Unread | null;
  readonly flaw: TelemetryFlaw | null;
};

const ABSENT: ReadTime = { at: null, unread: null, flaw: null };
const UNREAD: Unread = { local: null };

/**
 * `ts` or `t0`: epoch milliseconds, epoch seconds (either also as a string of digits), or ISO 8601 with offset. A
 * local time without offset is not guessed at: a wrong hour is worse than the time of receipt. So are the digits of
 * day and hour that some loggers send, 20251201080000.
 *
 * @param receivedAt our clock, by which 2025120108 is an hour of 2025 and no second of 2034; left out: it is a second
 */
export function readTime(ts: unknown, receivedAt?: Millis): ReadTime {
  if (typeof ts === 'number') return fromNumber(ts, receivedAt);
  if (ts === undefined || ts === null) return ABSENT;
  if (typeof ts === 'string') return fromText(ts, receivedAt);
  return bad(
    'bad-time',
    `The time is ${kind(ts)}; epoch milliseconds, or ISO 8601 with offset, would be right.`,
  );
}

function fromNumber(n: number, receivedAt: Millis | undefined): ReadTime {
  if (n === 0) return bad('bad-time', '0 is no instant: the clock of the device was never set.');
  const local = isCompact(n) ? localOf(n) : null;
  // Ten digits may be seconds since 1970 as well: they are, unless that lies ahead.
  if (local !== null && !(n < SECONDS_BELOW && (receivedAt === undefined || n * 1_000 <= receivedAt + AHEAD)))
    return withoutOffset(String(n), local);
  const ms = n >= 0 && n < SECONDS_BELOW ? Math.round(n * 1000) : Math.round(n);
  if (n >= 0 && ms <= LAST) return { at: ms, unread: null, flaw: null };
  const unit =
    n <= LAST ? '' : ` (${n <= MICROSECONDS_BELOW ? 'microseconds' : 'nanoseconds'} are not understood)`;
  return bad(
    'bad-time',
    `${quoted(n)} is no instant${unit}; epoch milliseconds such as 1764547200000 would be.`,
  );
}

function fromText(s: string, receivedAt: Millis | undefined): ReadTime {
  if (DIGITS.test(s)) return fromNumber(Number(s), receivedAt);
  const m = ISO.exec(s);
  if (m === null) {
    return bad('bad-time', `${quoted(s)} is no instant; 2025-12-01T08:00:00+08:00 or a number would be.`);
  }
  const [, year, month, day, hour, minute, second = '0', fraction = '0', offset] = m;
  const named = [month, day, hour, minute, second].map(Number);
  const local = utc(Number(year), named);
  const shift = offset === undefined ? 0 : offsetMillis(offset);
  if (local === null || shift === null) {
    return bad('bad-time', `${quoted(s)} names a day, hour or offset that does not exist.`);
  }
  const instant = local + Math.trunc(Number(`0.${fraction}`) * 1000) - shift;
  if (offset !== undefined) return { at: instant, unread: null, flaw: null };
  return withoutOffset(quoted(s), instant);
}

/** Whether a number of 10, 12, 14 or 17 digits begins with 20, as yyyyMMddHH, …mm, …ss and …SSS of this century do. */
function isCompact(n: number): boolean {
  if (n > 21e10 && n < 20e12) return false; // every epoch millisecond from 1976 to 2603
  return COMPACT_FROM.some((from) => n >= from && n < from * 1.05);
}

const COMPACT_FROM = [20e8, 20e10, 20e12, 20e15] as const;

/** 20251201080000 as if it were UTC; `null` where the digits name no day and hour. */
function localOf(n: number): Millis | null {
  const digits = String(Math.trunc(n));
  const [, year, month, day, hour, minute = '0', second = '0', ms = '0'] = COMPACT.exec(digits) ?? [];
  if (year === undefined) return null;
  const local = utc(Number(year), [month, day, hour, minute, second].map(Number));
  return local === null ? null : local + Number(ms);
}

const COMPACT = /^(\d{4})(\d{2})(\d{2})(\d{2})(?:(\d{2})(?:(\d{2})(\d{3})?)?)?$/;

const withoutOffset = (given: string, local: Millis): ReadTime => ({
  at: null,
  unread: { local },
  flaw: {
    code: 'time-without-offset',
    detail: `${given} does not say its offset; ${new Date(local).toISOString().slice(0, 19)}+08:00 would.`,
  },
});

/** Date.UTC carries 31 April over into May; a device that says 31 April is mistaken, not early. */
function utc(
  year: number,
  [month = 1, day = 1, hour = 0, minute = 0, second = 0]: readonly number[],
): Millis | null {
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  const there = new Date(local);
  const isThere =
    there.getUTCMonth() + 1 === month &&
    there.getUTCDate() === day &&
    there.getUTCHours() === hour &&
    there.getUTCMinutes() === minute &&
    there.getUTCSeconds() === second;
  return isThere ? local : null;
}

function offsetMillis(offset: string): number | null {
  if (offset === 'Z' || offset === 'z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(3).replace(':', '') || '0');
  if (hours > 14 || minutes > 59) return null;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

const bad = (code: string, detail: string): ReadTime => ({
  at: null,
  unread: UNREAD,
  flaw: { code, detail },
});
