import type { Duration, Millis } from '../../../domain/time.ts';
import { minutes } from '../../../domain/time.ts';
import type { Dissected, DissectedItem } from '../../mapping/frames.ts';
import { bcd, latin1, toHex } from '../bytes.ts';
import { wallTime } from '../local-time.ts';
import type { Sl651Frame } from './framer.ts';

/** What one text may name at most, and what of it is read. */
const ITEMS_AT_MOST = 4_096;

/** The letters of the ASCII form, as guides of the other: one list of codes for both. */
const LETTERS: Readonly<Record<string, string>> = {
  PJ: '20',
  PT: '26',
  PN05: '22',
  PN10: '23',
  PN30: '24',
  P1: '1A',
  Z: '39',
  ZB: '3A',
  ZU: '3B',
  H: '0E',
  Q: '27',
  VJ: '37',
  VA: '36',
  VT: '38',
  ZT: '45',
  WP1: '58',
};
const SERIES_STEP = minutes(5);
/** Twelve sums of rain, a byte each; twelve relative levels, two bytes each. */
const RAIN_SERIES = 0xf4;
const isLevelSeries = (guide: number): boolean => guide >= 0xf5 && guide <= 0xfc;

/**
 * What the stations of a report say. Several may follow one another in one text, each value at its own instant: of a
 * series the first has the time that is named and each its own after that; single values beside it are of the end.
 * Levels of the hour report (F5–FC) are relative to the station's base, which is the mapping's to add.
 *
 * @returns `null`: the text is not of this standard's grammar
 */
export function dissectSl651(frame: Sl651Frame): Dissected[] | null {
  return frame.form === 'hex' ? dissectHex(frame) : dissectAscii(frame);
}

class Gathered {
  readonly #command: string;
  readonly #stations = new Map<string, { at: Millis | null; items: DissectedItem[] }>();
  station: string;
  observed: Millis | null;
  /** Single values, whose instant may still be the end of a series. */
  #single: DissectedItem[] = [];
  #seriesEnd: Millis | null = null;
  #count = 0;

  constructor(frame: Sl651Frame, observed: Millis | null) {
    this.#command = toHex(Uint8Array.of(frame.fn));
    this.station = frame.station;
    this.observed = observed;
  }

  get isFull(): boolean {
    return this.#count > ITEMS_AT_MOST;
  }

  add(item: DissectedItem): void {
    this.#count++;
    this.#single.push(item);
  }

  series(items: readonly DissectedItem[], step: Duration): void {
    this.#count += items.length;
    items.forEach((item, i) => {
      const at = this.observed === null ? null : this.observed + i * step;
      this.#of().items.push({ ...item, at });
      if (at !== null) this.#seriesEnd = Math.max(this.#seriesEnd ?? at, at);
    });
  }

  /** The values of one station at one instant are through. */
  flush(): void {
    const at = this.#seriesEnd ?? this.observed;
    if (this.#single.length > 0) this.#of().items.push(...this.#single.map((item) => ({ ...item, at })));
    this.#single = [];
    this.#seriesEnd = null;
  }

  done(): Dissected[] {
    this.flush();
    return [...this.#stations].map(([station, { at, items }]) => ({
      station,
      command: this.#command,
      at,
      items,
    }));
  }

  #of() {
    const known = this.#stations.get(this.station);
    if (known !== undefined) return known;
    const made = { at: this.observed, items: [] };
    this.#stations.set(this.station, made);
    return made;
  }
}

/** `YYMMDDHHmm`, with seconds or without. */
function timeOf(digits: string): Millis | null {
  if (!/^\d{10}(\d\d)?$/.test(digits)) return null;
  const n = (i: number) => Number(digits.slice(i, i + 2));
  return wallTime([2000 + n(0), n(2), n(4), n(6), n(8), digits.length > 10 ? n(10) : 0]);
}

function dissectHex(frame: Sl651Frame): Dissected[] | null {
  const { text } = frame;
  if (text.length < 8) return null;
  const all = new Gathered(frame, timeOf(toHex(text.subarray(2, 8))));
  let step: Duration | null = null;
  let i = 8;
  while (i + 2 <= text.length && !all.isFull) {
    const guide = text[i] as number;
    const definition = text[i + 1] as number;
    i += 2;
    if (guide === 0xf1 && definition === 0xf1) {
      if (i + 5 > text.length) return null;
      all.flush();
      all.station = toHex(text.subarray(i, i + 5));
      i += 5;
      // The class of the station follows, where no guide does.
      if (i < text.length && text[i] !== 0xf0) i += 1;
      continue;
    }
    if (guide === 0xf0 && definition === 0xf0) {
      if (i + 5 > text.length) return null;
      all.flush();
      all.observed = timeOf(toHex(text.subarray(i, i + 5)));
      i += 5;
      continue;
    }
    if (guide === 0xf2 || guide === 0xf3) break;
    if (guide === RAIN_SERIES || isLevelSeries(guide)) {
      const size = guide === RAIN_SERIES ? 1 : 2;
      if (i + 12 * size > text.length) return null;
      all.series(hourSeries(guide, text.subarray(i, i + 12 * size)), SERIES_STEP);
      i += 12 * size;
      continue;
    }
    const isPrivate = guide === 0xff;
    const code = isPrivate ? toHex(Uint8Array.of(guide, definition)) : toHex(Uint8Array.of(guide));
    const defined = isPrivate ? text[i++] : definition;
    if (defined === undefined) return null;
    const [size, decimals] = [defined >> 3, defined & 7];
    if (size === 0 || i + size > text.length) return null;
    if (guide === 0x04 && !isPrivate) {
      step = stepOf(toHex(text.subarray(i, i + size)));
      i += size;
      continue;
    }
    if (step !== null && frame.fn === 0x31) {
      const [values, rest] = equalSteps(text.subarray(i), size);
      const scale = (v: Uint8Array) => elementOf(code, v, decimals);
      all.series(values.map(scale), step);
      i = text.length - rest;
      step = null;
      continue;
    }
    all.add(elementOf(code, text.subarray(i, i + size), decimals));
    i += size;
  }
  return all.done();
}

function hourSeries(guide: number, bytes: Uint8Array): DissectedItem[] {
  const code = toHex(Uint8Array.of(guide));
  const items: DissectedItem[] = [];
  for (let n = 0; n < 12; n++) {
    if (guide === RAIN_SERIES) {
      const b = bytes[n] as number;
      items.push({ code, raw: b === 0xff ? null : b / 10, valid: b !== 0xff, flag: null });
    } else {
      const v = ((bytes[2 * n] as number) << 8) | (bytes[2 * n + 1] as number);
      items.push({ code, raw: v === 0xffff ? null : v / 100, valid: v !== 0xffff, flag: null });
    }
  }
  return items;
}

/** Days, hours and minutes, of which one is not zero. */
function stepOf(digits: string): Duration {
  const [d, h, m] = [0, 2, 4].map((i) => Number(digits.slice(i, i + 2)));
  return minutes(((d ?? 0) * 24 + (h ?? 0)) * 60 + (m ?? 0) || 0);
}

/** The values of a report of equal steps run to the end; the voltage that closes it is none of them. */
function equalSteps(bytes: Uint8Array, size: number): [values: Uint8Array[], rest: number] {
  const closing = bytes.subarray(-4);
  const hasVoltage =
    bytes.length >= 4 && closing[0] === 0x38 && closing[1] === 0x12 && (bytes.length - 4) % size === 0;
  const rest = hasVoltage ? 4 : 0;
  const values: Uint8Array[] = [];
  for (let i = 0; i + size <= bytes.length - rest; i += size) values.push(bytes.subarray(i, i + size));
  return [values, rest];
}

/** State word 45 is bits, all others are digits; FF in front is a minus, FF throughout is no value. */
function elementOf(code: string, bytes: Uint8Array, decimals: number): DissectedItem {
  if (bytes.every((b) => b === 0xff)) return { code, raw: null, valid: false, flag: null };
  if (code === '45') {
    let raw = 0;
    for (const b of bytes) raw = raw * 256 + b;
    return { code, raw, valid: true, flag: null };
  }
  const isNegative = bytes[0] === 0xff;
  const n = bcd(isNegative ? bytes.subarray(1) : bytes);
  if (n === null) return { code, raw: null, valid: false, flag: 'not-decimal' };
  return { code, raw: scaled(isNegative ? -n : n, decimals), valid: true, flag: null };
}

/** 215 with three decimals is 0.215, not 0.21500000000000002. */
const scaled = (n: number, decimals: number): number => Number((n / 10 ** decimals).toFixed(decimals));

function dissectAscii(frame: Sl651Frame): Dissected[] | null {
  const text = latin1(frame.text);
  if (text.length < 16) return null;
  const all = new Gathered(frame, timeOf(text.slice(4, 16)));
  const words = text
    .slice(16)
    .split(' ')
    .filter((w) => w !== '');
  let step: Duration | null = null;
  for (let i = 0; i + 1 < words.length && !all.isFull; i += 2) {
    const [name, value] = [words[i] as string, words[i + 1] as string];
    if (name === 'ST') {
      all.flush();
      if (!/^[0-9A-Fa-f]{10}$/.test(value)) return null;
      all.station = value.toUpperCase();
      // Its class follows, one letter.
      if (/^[A-Z]$/.test(words[i + 2] ?? '') && words[i + 3] === 'TT') i += 1;
      continue;
    }
    if (name === 'TT') {
      all.flush();
      all.observed = timeOf(value);
      continue;
    }
    const stepping = /^DR([DHN])(\d{1,2})$/.exec(name);
    if (stepping !== null) {
      step = minutes(Number(stepping[2]) * { D: 1_440, H: 60, N: 1 }[stepping[1] as 'D' | 'H' | 'N']);
      i -= 1;
      continue;
    }
    const code = LETTERS[name] ?? name;
    if (name === 'DRP') {
      all.series(rainOfHour(value), SERIES_STEP);
    } else if (/^DRZ\d$/.test(name)) {
      all.series(levelsOfHour(`F${4 + Number(name[3])}`, value), SERIES_STEP);
    } else if (step !== null && frame.fn === 0x31) {
      const values: string[] = [];
      let j = i + 1;
      while (j < words.length && /^([-+]?\d|M)/.test(words[j] as string)) values.push(words[j++] as string);
      all.series(
        values.map((v) => asciiValue(code, v)),
        step,
      );
      step = null;
      i = j - 2;
    } else all.add(asciiValue(code, value));
  }
  return all.done();
}

function asciiValue(code: string, text: string): DissectedItem {
  if (code === '45' && /^[0-9A-Fa-f]{1,8}$/.test(text))
    return { code, raw: Number.parseInt(text, 16), valid: true, flag: null };
  const valid = /^[-+]?\d+(\.\d+)?$/.test(text);
  return {
    code,
    raw: valid ? Number(text) : null,
    valid,
    flag: valid || /^[MF]+$/.test(text) ? null : 'not-decimal',
  };
}

const pairs = (text: string, size: number): string[] =>
  Array.from({ length: 12 }, (_, n) => text.slice(n * size, (n + 1) * size));

const rainOfHour = (text: string): DissectedItem[] =>
  pairs(text, 2).map((two) => {
    const n = /^[0-9A-Fa-f]{2}$/.test(two) ? Number.parseInt(two, 16) : 0xff;
    return { code: 'F4', raw: n === 0xff ? null : n / 10, valid: n !== 0xff, flag: null };
  });

const levelsOfHour = (code: string, text: string): DissectedItem[] =>
  pairs(text, 4).map((four) => {
    const n = /^[0-9A-Fa-f]{4}$/.test(four) ? Number.parseInt(four, 16) : 0xffff;
    return { code, raw: n === 0xffff ? null : n / 100, valid: n !== 0xffff, flag: null };
  });
