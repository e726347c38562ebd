import type { Unread } from '../../domain/judge/place-batch.ts';
import type { Millis } from '../../domain/time.ts';
import type { Flaw } from './telemetry-flaw.ts';
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
  readonly flaw: Flaw | null;
};

const ABSENT: ReadTime = { at: null, unread: null, flaw: null };
const UNREAD: Unread = { local: null };

/**
 * `ts` or `t0`: epoch milliseconds, epoch seconds (either also as a string of digits), or ISO 8601 with offset. A
 * local time without offset is not guessed at: a wrong hour is worse than the time of receipt.
 */
export function readTime(ts: unknown): ReadTime {
  if (typeof ts === 'number') return fromNumber(ts);
  if (ts === undefined || ts === null) return ABSENT;
  if (typeof ts === 'string') return fromText(ts);
  return bad(
    'bad-time',
    `The time is ${kind(ts)}; epoch milliseconds, or ISO 8601 with offset, would be right.`,
  );
}

function fromNumber(n: number): ReadTime {
  const ms = n >= 0 && n < SECONDS_BELOW ? Math.round(n * 1000) : Math.round(n);
  if (n >= 0 && ms <= LAST) return { at: ms, unread: null, flaw: null };
  const unit =
    n <= LAST ? '' : ` (${n <= MICROSECONDS_BELOW ? 'microseconds' : 'nanoseconds'} are not understood)`;
  return bad(
    'bad-time',
    `${quoted(n)} is no instant${unit}; epoch milliseconds such as 1764547200000 would be.`,
  );
}

function fromText(s: string): ReadTime {
  if (DIGITS.test(s)) return fromNumber(Number(s));
  const m = ISO.exec(s);
  if (m === null) {
    return bad('bad-time', `${quoted(s)} is no instant; 2025-12-01T08:00:00+08:00 or a number would be.`);
  }
  const [, year, month, day, hour, minute, second = '0', fraction = '0', offset] = m;
  const h = Number(hour);
  const local = Date.UTC(Number(year), Number(month) - 1, Number(day), h, Number(minute), Number(second));
  // Date.UTC carries 31 April over into May; a device that says 31 April is mistaken, not early.
  const there = new Date(local);
  const shift = offset === undefined ? 0 : offsetMillis(offset);
  if (
    there.getUTCMonth() !== Number(month) - 1 ||
    there.getUTCDate() !== Number(day) ||
    there.getUTCHours() !== h ||
    there.getUTCMinutes() !== Number(minute) ||
    there.getUTCSeconds() !== Number(second) ||
    shift === null
  ) {
    return bad('bad-time', `${quoted(s)} names a day, hour or offset that does not exist.`);
  }
  const instant = local + Math.trunc(Number(`0.${fraction}`) * 1000) - shift;
  if (offset !== undefined) return { at: instant, unread: null, flaw: null };
  return {
    at: null,
    unread: { local: instant },
    flaw: {
      code: 'time-without-offset',
      detail: `${quoted(s)} does not say its offset; ${s.slice(0, 16)}:00+08:00 would.`,
    },
  };
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
