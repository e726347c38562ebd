import type { Chance } from './random.ts';
import type { Sample, Values, Wave } from './sample.ts';

/** Something that happens to an instrument, or to what it measures, from–until in virtual milliseconds. */
export type Incident = {
  readonly device: string;
  readonly from: number;
  readonly until: number;
  /** What the world makes of the quantities. */
  readonly alters?: (values: Values, atMs: number, noise: Chance) => Values;
  /** The same for frames. */
  readonly shakes?: (wave: Wave, atMs: number, noise: Chance) => Wave;
  /** What a broken instrument makes of its own packet. */
  readonly mangles?: (sample: Sample, atMs: number) => unknown;
  /** The report interval in force meanwhile. */
  readonly every?: number;
  /** The link is down: what is measured meanwhile is kept and sent afterwards, or is gone. */
  readonly link?: 'down-and-storing' | 'down';
};

/** Smooth rise from 0 to 1 between two instants (half a cosine). */
export function ramp(atMs: number, from: number, to: number): number {
  if (atMs <= from) return 0;
  if (atMs >= to) return 1;
  return (1 - Math.cos((Math.PI * (atMs - from)) / (to - from))) / 2;
}
