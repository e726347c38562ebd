import { median } from '../median.ts';
import type { Mode } from './modes.ts';

/** One look at a waveform: what stood out then. */
export type Look = { readonly at: number; readonly modes: readonly Mode[] };

/** How the frequency that is seen most went. */
export type Course = {
  /** In order of time; `null` where it did not stand out. */
  readonly looks: readonly { readonly at: number; readonly mode: Mode | null }[];
  /** Newer half against the older one; `null` with fewer than two looks in either that saw it. */
  readonly change: { readonly percent: number; readonly error: number; readonly says: CourseSays } | null;
};

/** `stays`: within three standard errors; `moved`: beyond them; `beyond`: and by more than what counts as damage of a bridge. */
export type CourseSays = 'stays' | 'moved' | 'beyond';

/** Two peaks no further apart than this share of them are one mode. */
const SAME = 0.05;
/** JT/T 1037-2022 table 9: main frequency, environment removed, change > 3 %, 二级. */
const COUNTS_PERCENT = 3;
const ERRORS = 3;

/**
 * Follows the mode that the most looks saw (of two, the one that stands out further).
 *
 * @param looks in order of time
 * @returns `null` where nothing stood out at all
 */
export function courseOf(looks: readonly Look[]): Course | null {
  const all = looks.flatMap((l) => l.modes);
  let best: { readonly seen: number; readonly ratio: number; readonly hz: number } | null = null;
  for (const candidate of all) {
    const like = all.filter((m) => isSame(m, candidate.hz));
    const seen = looks.filter((l) => l.modes.some((m) => isSame(m, candidate.hz))).length;
    const ratio = median(like.map((m) => m.ratio));
    if (best === null || seen > best.seen || (seen === best.seen && ratio > best.ratio))
      best = { seen, ratio, hz: median(like.map((m) => m.hz)) };
  }
  if (best === null) return null;
  const { hz } = best;
  const followed = looks.map(({ at, modes }) => ({ at, mode: nearest(modes, hz) }));
  return { looks: followed, change: changeOf(followed.map((l) => l.mode)) };
}

const isSame = (mode: Mode, hz: number): boolean => Math.abs(mode.hz - hz) <= SAME * hz;

function nearest(modes: readonly Mode[], hz: number): Mode | null {
  const same = modes.filter((m) => isSame(m, hz));
  return same.sort((a, b) => Math.abs(a.hz - hz) - Math.abs(b.hz - hz))[0] ?? null;
}

function changeOf(modes: readonly (Mode | null)[]): Course['change'] {
  const half = Math.floor(modes.length / 2);
  const [older, newer] = [modes.slice(0, half), modes.slice(half)].map((h) => h.filter((m) => m !== null));
  if (older === undefined || newer === undefined || older.length < 2 || newer.length < 2) return null;
  const [was, is] = [meanOf(older), meanOf(newer)];
  const percent = (100 * (is.hz - was.hz)) / was.hz;
  const error = (100 * Math.hypot(was.error, is.error)) / was.hz;
  const moved = Math.abs(percent) > ERRORS * error;
  return {
    percent,
    error,
    says: !moved ? 'stays' : Math.abs(percent) > COUNTS_PERCENT ? 'beyond' : 'moved',
  };
}

/** By how far the looks differ, and at least by what each of them allows to tell. */
function meanOf(modes: readonly Mode[]): { readonly hz: number; readonly error: number } {
  const n = modes.length;
  const hz = modes.reduce((sum, m) => sum + m.hz, 0) / n;
  const scatter = Math.sqrt(modes.reduce((sum, m) => sum + (m.hz - hz) ** 2, 0) / (n - 1) / n);
  const own = Math.sqrt(modes.reduce((sum, m) => sum + m.spread ** 2, 0)) / n;
  return { hz, error: Math.max(scatter, own) };
}
