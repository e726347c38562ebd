import { z } from 'zod';

/** How a foreign system writes an instant. `auto`: digits by their size, or text from year to second, with or without offset. */
export const timeFormat = z.enum(['auto', 's', 'ms', 'us', 'ns', 'd/M/y', 'M/d/y', 'excel']);
type TimeFormat = z.infer<typeof timeFormat>;

/** Of times that do not say their offset. */
export const timeZone = z
  .string()
  .refine((zone) => offsetsOf(zone) !== null, 'a time zone: +08:00 or Asia/Shanghai would be right');

const TEXT =
  /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]+(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:[.,](\d{1,9}))?秒?)?分?)?\s*(Z|z|[+-]\d{2}:?\d{2})?$/;
/** Digits of a day and its time, 20260131160000, and the same as ISO 8601 has it, 20260131T160000Z. */
const COMPACT = /^((?:19|20)\d{2})(\d{2})(\d{2})T?(\d{2})(\d{2})(\d{2})(?:\.?(\d{3}))?(Z|[+-]\d{2}:?\d{2})?$/;
const EUROPEAN = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(.*)$/;
const PER_MS = { s: 1e-3, ms: 1, us: 1e3, ns: 1e6 } as const;
export type Precision = keyof typeof PER_MS;

/** From Unix's day to the day that Excel calls 0. */
const EXCEL_DAYS = 25_569;
const DAY = 86_400_000;

/** Whole milliseconds since 1970; digits beyond 2^53 are cut, not rounded. */
export function epoch(digits: string, precision: Precision): number {
  if (precision === 'ns' || precision === 'us') return Number(BigInt(digits) / BigInt(PER_MS[precision]));
  return Math.round(Number(digits) / PER_MS[precision]);
}

/** Reads the times of one file. A time that does not say its offset is of the zone: Beijing's, unless told otherwise. */
export class TimeReader {
  readonly #format: TimeFormat;
  readonly #offsetOf: (local: number) => number;
  #lastText = '';
  #last: number | null = null;

  /** @throws RangeError for a zone that nobody knows */
  constructor(format: TimeFormat, zone: string) {
    this.#format = format;
    const offsets = offsetsOf(zone);
    if (offsets === null)
      throw new RangeError(`"${zone}" is no time zone; +08:00 or Asia/Shanghai would be right`);
    this.#offsetOf = offsets;
  }

  /** @param local what a clock on the wall of the zone says, as if it were UTC */
  instantOf(local: number): number {
    return local - this.#offsetOf(local);
  }

  /** @returns null for what is no time */
  read(text: string): number | null {
    if (text === this.#lastText) return this.#last;
    const t = this.#read(text.trim());
    this.#lastText = text;
    this.#last = t !== null && Number.isSafeInteger(t) ? t : null;
    return this.#last;
  }

  #read(text: string): number | null {
    switch (this.#format) {
      case 's':
      case 'ms':
      case 'us':
      case 'ns':
        return number(text, this.#format);
      case 'excel': {
        const local = /^\d+(\.\d+)?$/.test(text) ? Math.round((Number(text) - EXCEL_DAYS) * DAY) : Number.NaN;
        return Number.isNaN(local) ? null : local - this.#offsetOf(local);
      }
      case 'd/M/y':
        return this.#text(text.replace(EUROPEAN, '$3-$2-$1$4'));
      case 'M/d/y':
        return this.#text(text.replace(EUROPEAN, '$3-$1-$2$4'));
      case 'auto':
        return this.#text(text);
    }
  }

  #text(text: string): number | null {
    const compact = COMPACT.exec(text);
    if (compact !== null) return this.#instant(compact.slice(1, 7), compact[7] ?? '', compact[8]);
    if (/^-?\d+(\.\d+)?$/.test(text)) return number(text, bySize(Number(text)));
    const m = TEXT.exec(text);
    return m === null ? null : this.#instant(m.slice(1, 7), m[7] ?? '', m[8]);
  }

  #instant(
    parts: readonly (string | undefined)[],
    fraction: string,
    offset: string | undefined,
  ): number | null {
    const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((p) => Number(p ?? 0));
    const local = Date.UTC(year, month - 1, day, hour, minute, second);
    const there = new Date(local);
    // Date.UTC carries 31 April over into May: such a row is mistaken.
    if (
      there.getUTCMonth() !== month - 1 ||
      there.getUTCDate() !== day ||
      there.getUTCHours() !== hour ||
      minute > 59 ||
      second > 59
    )
      return null;
    const at = local + Math.trunc(Number(`0.${fraction || '0'}`) * 1_000 + 1e-6);
    return at - (offset === undefined ? this.#offsetOf(local) : offsetOf(offset));
  }
}

function number(text: string, precision: Precision): number | null {
  if (/^-?\d+$/.test(text)) return epoch(text, precision);
  return /^-?\d+\.\d+$/.test(text) ? Math.round(Number(text) / PER_MS[precision]) : null;
}

const bySize = (n: number): Precision => (n < 1e11 ? 's' : n < 1e14 ? 'ms' : n < 1e17 ? 'us' : 'ns');

function offsetOf(text: string): number {
  if (text === 'Z' || text === 'z') return 0;
  const minutes = Number(text.slice(1, 3)) * 60 + Number(text.slice(-2));
  return (text.startsWith('-') ? -1 : 1) * minutes * 60_000;
}

/** @returns what to take from a local time to have the instant, in ms; `null` for a zone that nobody knows */
function offsetsOf(zone: string): ((local: number) => number) | null {
  if (/^(Z|[+-]\d{2}:?\d{2})$/.test(zone)) {
    const offset = offsetOf(zone);
    return () => offset;
  }
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    return null;
  }
  const known = new Map<number, number>();
  return (local) => {
    // Offsets change on the quarter of an hour at most.
    const quarter = Math.floor(local / 900_000);
    const before = known.get(quarter);
    if (before !== undefined) return before;
    const at = (instant: number): number => {
      const name =
        format
          .formatToParts(instant)
          .find((p) => p.type === 'timeZoneName')
          ?.value.slice(3) ?? '';
      return name === '' ? 0 : offsetOf(name.replace('\u2212', '-'));
    };
    const offset = at(local - at(local));
    if (known.size > 100_000) known.clear();
    known.set(quarter, offset);
    return offset;
  };
}
