import type { Frame, Reading } from '../../domain/reading.ts';

/** Brackets, two instants, a value with all its digits, a reason: what a reading takes beside its names. */
const READING = 90;
const FRAME = 120;
/** A sample with all its digits. */
const SAMPLE = 22;

/** At most so many bytes in the spool for each byte of a packet: a reading of one digit under a short name. */
export const SPOOLED_PER_BYTE = 64;

/** At most so many bytes do these take in the spool; see `wire/files/spool`. */
export function spoolSize(readings: readonly Reading[], frames: readonly Frame[]): number {
  let bytes = 0;
  for (const r of readings) bytes += READING + r.point.length + r.metric.length;
  for (const f of frames)
    bytes += FRAME + f.point.length + f.metric.length + f.device.length + f.samples.length * SAMPLE;
  return bytes;
}
