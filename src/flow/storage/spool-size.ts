import type { PointCode } from '../../domain/ids.ts';
import { type ClockMemory, isRight } from '../../domain/judge/clock.ts';
import type { Frame, Reading } from '../../domain/reading.ts';

/** Brackets, three instants, a value with all its digits, the longest reason: what a reading takes beside its names. */
const READING = 100;
const FRAME = 120;
/** A sample with all its digits. */
const SAMPLE = 25;
/** What is believed of a clock, beside the name of its point. */
const CLOCK = { right: 60, inDoubt: 300 } as const;

/** Around what a turn keeps. */
export const SPOOLED_TURN = 30;
/** At most so many bytes in the spool for each byte of a packet and its topic: a reading of one digit under a short name. */
export const SPOOLED_PER_BYTE = 64;

/** What is believed of points' clocks after a packet. */
export type Clocks = ReadonlyMap<PointCode, ClockMemory | null>;

/** At most so many bytes do these take in the spool; see `wire/files/spool`. */
export function spoolSize(readings: readonly Reading[], frames: readonly Frame[], clocks?: Clocks): number {
  let bytes = 0;
  for (const r of readings) bytes += READING + inJson(r.point) + inJson(r.metric);
  for (const f of frames)
    bytes += FRAME + inJson(f.point) + inJson(f.metric) + inJson(f.device) + f.samples.length * SAMPLE;
  for (const [point, clock] of clocks ?? [])
    bytes += inJson(point) + (clock === null || isRight(clock) ? CLOCK.right : CLOCK.inDoubt);
  return bytes;
}

/** At most so many bytes does a text take in UTF-8, within the quotes of JSON. */
function inJson(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x20 || (unit >= 0xd800 && unit <= 0xdfff)) bytes += ESCAPED;
    else if (unit === QUOTE || unit === BACKSLASH) bytes += 2;
    else bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  }
  return bytes;
}

/** `\u001f`, or half of a pair that has lost its other half. */
const ESCAPED = 6;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
