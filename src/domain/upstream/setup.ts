import type { MetricKey, PointCode } from '../ids.ts';
import type { Duration } from '../time.ts';
import { minutes, seconds } from '../time.ts';
import type { UpObject } from './item.ts';

/** Which readings go up, and how often. */
export type ReadingChoice = {
  /** Length of a window. */
  readonly every: Duration;
  /** `latest`: of each series its last reading of the window; `all`: every one. */
  readonly mode: 'latest' | 'all';
  /** Left out: all. */
  readonly points?: readonly PointCode[];
  readonly lifelines?: readonly string[];
  readonly metrics?: readonly MetricKey[];
};

/** A platform above us 上级平台, and what it is told. */
export type UpstreamSetup = {
  readonly name: string;
  readonly title: string;
  /** The profile that says how it wants to be told. */
  readonly profile: string;
  /** Where it is; paths of the profile are put behind it. */
  readonly url: string;
  /** What we are called there. */
  readonly source: string;
  readonly enabled: boolean;
  readonly objects: readonly UpObject[];
  /** Prefixes of area codes; none: all. */
  readonly areas: readonly string[];
  readonly readings: ReadingChoice | null;
};

export type UpstreamSecrets = Readonly<Partial<Record<'key' | 'secret' | 'cipherKey', string>>>;
export const SECRET_NAMES = ['key', 'secret', 'cipherKey'] as const;

/** Readings of one item at most, about: a window of more is cut into parts by point. */
export const READINGS_PER_ITEM = 10_000;
/** A window is closed so long after its end: readings come some seconds after they were observed. */
export const WINDOW_RESTS = seconds(40);
/** What has waited so long for its receiver is told on the desk. */
export const STALLED_AFTER = minutes(30);
/** Whoever has nothing to say says so this often, and is thought gone after three times. */
export const KEEP_ALIVE = minutes(1);
export const SILENT_AFTER = 3 * KEEP_ALIVE + seconds(10);

export const takesArea = ({ areas }: Pick<UpstreamSetup, 'areas'>, area: string): boolean =>
  areas.length === 0 || areas.some((a) => area.startsWith(a));

/** Which share of the points it lies in: the same whatever else is registered. */
export function partOf(point: string, parts: number): number {
  let h = 2_166_136_261;
  for (let i = 0; i < point.length; i++) h = Math.imul(h ^ point.charCodeAt(i), 16_777_619);
  return (h >>> 0) % parts;
}
